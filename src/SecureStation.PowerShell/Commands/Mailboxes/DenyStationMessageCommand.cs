using System.Management.Automation;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Commands;

/// <summary>Deny-StationMessage: gives a message of a mailbox back, to be given out again. A dead letter is put back into the mail.</summary>
[Cmdlet(VerbsLifecycle.Deny, "StationMessage", SupportsShouldProcess = true)]
[OutputType(typeof(MailboxMessage))]
public sealed class DenyStationMessageCommand : HeldMessageCmdlet
{
    /// <summary>How long nobody shall be given it: NATS keeps it back from all, a folder from this process.</summary>
    [Parameter]
    [ValidateRange(0.0, 86_400.0)]
    public double DelaySec { get; set; }

    private protected override string Action => "Give the message back";

    private protected override Task ActAsync(MailboxMessage message, CancellationToken cancellationToken) =>
        message.DenyAsync(TimeSpan.FromSeconds(DelaySec), cancellationToken);
}
