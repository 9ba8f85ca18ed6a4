using SecureStation.Core.Mailboxes;
using SecureStation.Core.Sessions;

namespace SecureStation;

/// <summary>An -InReplyTo: a message of a session or out of a mailbox. PowerShell makes it of either.</summary>
public sealed class ReplyTarget
{
    /// <summary>A message of a session.</summary>
    public ReplyTarget(StationMessage message) => Message = message;

    /// <summary>A message out of a mailbox.</summary>
    public ReplyTarget(MailboxMessage mail) => Mail = mail;

    internal StationMessage? Message { get; }

    internal MailboxMessage? Mail { get; }

    /// <inheritdoc/>
    public override string ToString() => (Message ?? (object?)Mail)!.ToString()!;
}
