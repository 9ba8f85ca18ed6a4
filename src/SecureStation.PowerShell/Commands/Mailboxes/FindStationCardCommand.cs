using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Find-StationCard: looks in a mailbox for the cards of peers, and keeps those that are their own key's and the newest.</summary>
[Cmdlet(VerbsCommon.Find, "StationCard", SupportsShouldProcess = true)]
[OutputType(typeof(StationCard))]
public sealed class FindStationCardCommand : TrustStoreCmdlet
{
    /// <summary>The mailbox.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNull]
    [FromId<StationMailbox>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationMailbox>))]
    public StationMailbox? Mailbox { get; set; }

    /// <summary>The peers, by name or record; without it all of the trust store.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public PeerReference[]? Peer { get; set; }

    /// <summary>How long the mailbox may take to answer for each.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Mailbox;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        FileTrustStore store = OpenTrustStore();
        if (Peer is null)
        {
            foreach (PeerRecord peer in store.List())
            {
                Find(store, peer, isAskedFor: false);
            }

            return;
        }

        foreach (PeerReference peer in Peer)
        {
            try
            {
                Find(store, peer.Resolve(store), isAskedFor: true);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, peer.ToString());
            }
        }
    }

    private void Find(FileTrustStore store, PeerRecord peer, bool isAskedFor)
    {
        try
        {
            StationCard? card = Await(token => MailboxCards.FindAsync(Mailbox!.Store, peer.Fingerprint, token), Deadline.After(TimeoutSec), "The mailbox did not answer");
            if (card is null)
            {
                if (isAskedFor)
                {
                    throw new StationException(StationFault.NoCard, $"The mailbox '{Mailbox!.Address}' has no card of '{peer.Name}'. The peer publishes it: Publish-StationCard.");
                }

                return;
            }

            if (ShouldProcess(peer.ToString(), $"Keep the card with the serial {card.Serial}"))
            {
                WriteObject(PeerCards.Keep(store, card, DateTimeOffset.UtcNow).Card?.WithPeer(peer.Name));
            }
        }
        catch (StationException failure)
        {
            WriteFailure(failure, peer.Name);
        }
    }
}
