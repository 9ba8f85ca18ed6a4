using System.Buffers.Binary;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Endurance.Rows;

/// <summary>Messages that carry a number in their first 8 bytes, and as many bytes more as the number says.</summary>
internal static class NumberedMessages
{
    public static OutgoingMessage Make(long number)
    {
        byte[] body = new byte[LengthOf(number)];
        BinaryPrimitives.WriteInt64BigEndian(body, number);
        return OutgoingMessage.Bytes(body);
    }

    /// <exception cref="InvalidOperationException">It is not as it was sent.</exception>
    public static long Read(StationMessage message)
    {
        long number = BinaryPrimitives.ReadInt64BigEndian(message.BodyBytes.Span);
        return message.Length == LengthOf(number) ? number : throw new InvalidOperationException($"Message {number} came with {message.Length} bytes.");
    }

    private static int LengthOf(long number) => sizeof(long) + (int)(number * 7919 % 1500);
}
