using SecureStation.Core;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Messages;
using SecureStation.Core.Sealing;

namespace SecureStation.Serialization;

/// <summary>The bodies of mail: the same kinds as those of a session's messages.</summary>
internal static class MailBodies
{
    /// <summary>The sealed kind of a message's.</summary>
    public static SealedKind ToSealed(StationMessageKind kind) => kind switch
    {
        StationMessageKind.Text => SealedKind.Text,
        StationMessageKind.Object => SealedKind.Object,
        _ => SealedKind.Bytes,
    };

    /// <summary>The message with its body read, where the core leaves that to its host.</summary>
    public static MailboxMessage Read(MailboxMessage message)
    {
        if (message.Message is not { Kind: SealedKind.Object } opened)
        {
            return message;
        }

        bool isWellFormed = ObjectReader.TryRead(opened.BodyBytes, out object? body);
        return message.WithBody(body, isWellFormed ? null : StationFault.MalformedBody);
    }
}
