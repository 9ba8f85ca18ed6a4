using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>Publish-StationCard: puts a station's newest card into a mailbox, where its peers find it.</summary>
[Cmdlet(VerbsData.Publish, "StationCard", SupportsShouldProcess = true)]
[OutputType(typeof(StationCard))]
public sealed class PublishStationCardCommand : MailboxKeyCmdlet
{
    /// <summary>The mailbox.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationMailbox>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationMailbox>))]
    public StationMailbox? Mailbox { get; set; }

    /// <summary>How long the mailbox may take to answer.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <summary>Writes the card.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Mailbox;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        StationCard card = CardOf(KeyPair ?? TheOnlyOne());
        if (!ShouldProcess(Mailbox!.Address, $"Publish the card of {card.Fingerprint}"))
        {
            return;
        }

        Await(token => MailboxCards.PublishAsync(Mailbox.Store, card, token), Deadline.After(TimeoutSec), "The mailbox did not answer");
        if (PassThru)
        {
            WriteObject(card);
        }
    }

    // Of several, none is chosen for the user.
    private KeyPairReference TheOnlyOne()
    {
        IReadOnlyList<string> names = new SealingKeyStore(OpenKeyStore()).List();
        return names switch
        {
            [var only] => new KeyPairReference(only),
            [] => throw new StationException(StationFault.NoCard, "No identity of the key store has a card: Export-StationCard makes one."),
            _ => throw new StationException(StationFault.InvalidArgument, $"Whose card? Give -KeyPair: {string.Join(", ", names)}."),
        };
    }
}
