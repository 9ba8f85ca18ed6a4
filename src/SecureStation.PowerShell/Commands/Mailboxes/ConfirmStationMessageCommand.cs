using System.Management.Automation;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Commands;

/// <summary>Confirm-StationMessage: a message of a mailbox is done, and goes. A dead letter is deleted.</summary>
[Cmdlet(VerbsLifecycle.Confirm, "StationMessage", SupportsShouldProcess = true)]
[OutputType(typeof(MailboxMessage))]
public sealed class ConfirmStationMessageCommand : HeldMessageCmdlet
{
    private protected override string Action => "Confirm the message: it is done and is removed";

    private protected override Task ActAsync(MailboxMessage message, CancellationToken cancellationToken) => message.ConfirmAsync(cancellationToken);
}
