using System.Security.Cryptography;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions;

/// <summary>
/// What a receipt says of a message: equal on both sides if the message is. The head is what stands in its first frame from inReplyTo to the last header
/// (docs/protocol/station-1.md, section 6); it has no id, which the sender may not know yet.
/// </summary>
/// <param name="InReplyTo">What it answers; 0 for nothing.</param>
/// <param name="Kind">What its body is.</param>
/// <param name="Length">Bytes of the body.</param>
/// <param name="HeadHash">SHA-256 of the head, hex.</param>
/// <param name="BodyHash">SHA-256 of the body, hex.</param>
internal sealed record MessageDigest(ulong InReplyTo, StationMessageKind Kind, int Length, string HeadHash, string BodyHash)
{
    private const int IdSize = 8;

    public static MessageDigest Of(OutgoingMessage message)
    {
        var head = new byte[MessageCodec.Measure(message.Headers)];
        MessageCodec.Write(head, id: 0, message);
        return new MessageDigest(message.InReplyTo, message.Kind, message.Body.Length, Hash(head.AsSpan(IdSize)), Hash(message.Body.Span));
    }

    // Written again, a head is what came: its texts are UTF-8 that was checked.
    public static MessageDigest Of(StationMessage message) =>
        Of(new OutgoingMessage(message.Kind, message.BodyBytes) { InReplyTo = message.InReplyTo, Headers = message.Headers });

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
