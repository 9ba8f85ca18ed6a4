using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.State;

/// <summary>A message in the outbox: its id and the size of what stands before its body in its first frame.</summary>
internal readonly record struct OutgoingEntry(OutgoingMessage Message, ulong Id, int HeadSize)
{
    public int BodyLength => Message.Body.Length;

    /// <inheritdoc cref="RoomOf"/>
    public long Room => RoomOf(Message, HeadSize);

    /// <summary>What it costs the peer beside its body.</summary>
    public long PeerCost => MessageCost.OfSent(Message.Headers.Count, HeadSize);

    /// <summary>The room that it takes in the outbox: its body, and its headers as the strings that they are.</summary>
    public static long RoomOf(OutgoingMessage message, int headSize) =>
        message.Body.Length + ((long)sizeof(char) * (headSize - MessageCodec.FixedSize));
}
