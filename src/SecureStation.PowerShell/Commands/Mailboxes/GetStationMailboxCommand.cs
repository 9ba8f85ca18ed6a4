using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>Get-StationMailbox: the mailboxes that this process is connected to; with -KeyPair, how much lies in that station's box.</summary>
[Cmdlet(VerbsCommon.Get, "StationMailbox")]
[OutputType(typeof(StationMailbox), typeof(MailboxStatus))]
public sealed class GetStationMailboxCommand : MailboxKeyCmdlet
{
    /// <summary>The mailboxes; without it all of this process.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<StationMailbox>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationMailbox>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationMailbox[]? Mailbox { get; set; }

    /// <summary>How long a mailbox may take to answer.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override object? ErrorTarget => KeyPair;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        IEnumerable<StationMailbox> mailboxes = Mailbox ?? (IEnumerable<StationMailbox>)StationRegistry.Current.Mailboxes;
        if (KeyPair is null)
        {
            WriteObject(mailboxes, enumerateCollection: true);
            return;
        }

        StationCard card = CardOf(KeyPair);
        foreach (StationMailbox mailbox in mailboxes)
        {
            MailboxCounts counts = Await(token => mailbox.Store.CountAsync(card.Box, token), Deadline.After(TimeoutSec), "The mailbox did not answer");
            WriteObject(new MailboxStatus(mailbox.Address, KeyPair.Name ?? KeyPair.KeyPair!.Name!, counts.Waiting, counts.Leased, counts.Dead, card.Box));
        }
    }
}
