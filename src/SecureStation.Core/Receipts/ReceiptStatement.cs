using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Receipts;

/// <summary>What a signed receipt states: that a message was in the receiver's inbox. Not that anybody read it, and not what it means.</summary>
public sealed record ReceiptStatement
{
    /// <summary>The session's id, 32 hex digits.</summary>
    public required string Session { get; init; }

    /// <summary>The handshake hash of the connection over which the message came, hex.</summary>
    public required string HandshakeHash { get; init; }

    /// <summary>Which side sent the message.</summary>
    public required StationRole SenderRole { get; init; }

    /// <summary>The fingerprint of who sent it, <c>SHA256:…</c>.</summary>
    public required string Sender { get; init; }

    /// <summary>The fingerprint of who received it and signs, <c>SHA256:…</c>.</summary>
    public required string Receiver { get; init; }

    /// <summary>The message's id: 1, 2, 3 … in its direction of the session.</summary>
    public required ulong Message { get; init; }

    /// <summary>The id of the message that it answers; 0 for none.</summary>
    public required ulong InReplyTo { get; init; }

    /// <summary>What its body is.</summary>
    public required StationMessageKind Kind { get; init; }

    /// <summary>SHA-256 of what stands before the body, from inReplyTo to the last header; hex.</summary>
    public required string HeadHash { get; init; }

    /// <summary>Bytes of the body.</summary>
    public required int Length { get; init; }

    /// <summary>SHA-256 of the body, hex.</summary>
    public required string BodyHash { get; init; }

    /// <summary>When it was in the inbox, by the receiver's clock (UTC).</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    internal static ReceiptStatement Of(string session, string handshakeHash, StationRole senderRole, string sender, string receiver, ulong id, MessageDigest message, DateTimeOffset receivedAt) => new()
    {
        Session = session,
        HandshakeHash = handshakeHash,
        SenderRole = senderRole,
        Sender = sender,
        Receiver = receiver,
        Message = id,
        InReplyTo = message.InReplyTo,
        Kind = message.Kind,
        HeadHash = message.HeadHash,
        Length = message.Length,
        BodyHash = message.BodyHash,
        ReceivedAt = receivedAt,
    };
}
