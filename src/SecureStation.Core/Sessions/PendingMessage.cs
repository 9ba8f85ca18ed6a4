using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions;

/// <summary>A message in the outbox, with its id and the size of what stands before its body.</summary>
internal readonly record struct PendingMessage(OutgoingMessage Message, ulong Id, int HeadSize)
{
    public int BodyLength => Message.Body.Length;

    /// <inheritdoc cref="RoomOf"/>
    public long Room => RoomOf(Message, HeadSize);

    /// <summary>The room that it takes in the outbox: its body, and its headers as the strings that they are.</summary>
    public static long RoomOf(OutgoingMessage message, int headSize) =>
        message.Body.Length + ((long)sizeof(char) * (headSize - MessageCodec.FixedSize));
}
