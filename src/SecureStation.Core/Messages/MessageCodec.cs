using System.Buffers.Binary;
using System.Text;

namespace SecureStation.Core.Messages;

/// <summary>
/// What stands before the body in a message's first frame:
/// <code>
/// id u64 | inReplyTo u64 | kind u8 | headers u16 | headers × (u16 length, name, u16 length, value)      headers: 64, and 64 KiB in all
/// </code>
/// </summary>
internal static class MessageCodec
{
    public const int FixedSize = 8 + 8 + 1 + 2;
    public const int MaxHeaderBytes = 64 * 1024;
    public const int MaxHeaders = 64;

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Bytes that <see cref="Write"/> will take.</summary>
    /// <exception cref="StationException"><see cref="StationFault.MessageTooLarge"/>: more than 64 headers, or over 64 KiB of them.</exception>
    public static int Measure(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (headers.Count > MaxHeaders)
        {
            throw new StationException(StationFault.MessageTooLarge, $"The message has {headers.Count} headers; {MaxHeaders} is the most.");
        }

        long size = 0;
        for (int i = 0; i < headers.Count; i++)
        {
            size += 4L + Encoding.UTF8.GetByteCount(headers[i].Key) + Encoding.UTF8.GetByteCount(headers[i].Value);
        }

        // Each length is a u16, which the sum's bound covers.
        return size <= MaxHeaderBytes
            ? FixedSize + (int)size
            : throw new StationException(StationFault.MessageTooLarge, $"The headers take {size} bytes; {MaxHeaderBytes} is the most.");
    }

    /// <summary>Writes the beginning of a message; returns its length.</summary>
    public static int Write(Span<byte> destination, ulong id, OutgoingMessage message)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, id);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], message.InReplyTo);
        destination[16] = (byte)message.Kind;
        BinaryPrimitives.WriteUInt16BigEndian(destination[17..], (ushort)message.Headers.Count);
        int position = FixedSize;
        for (int i = 0; i < message.Headers.Count; i++)
        {
            position += WriteString(destination[position..], message.Headers[i].Key);
            position += WriteString(destination[position..], message.Headers[i].Value);
        }

        return position;
    }

    /// <summary>Reads the beginning of a message from its first frame; the rest of the frame is body.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>.</exception>
    public static MessageStart Read(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < FixedSize)
        {
            throw Error($"a first Message frame of {frame.Length} bytes");
        }

        byte kind = frame[16];
        if (kind is < (byte)StationMessageKind.Text or > (byte)StationMessageKind.Service)
        {
            throw Error($"a message of unknown kind {kind}");
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(frame[17..]);
        int position = FixedSize;
        KeyValuePair<string, string>[] headers = [];
        if (count > 0)
        {
            if (count > MaxHeaders || count * 4 > frame.Length - position)
            {
                throw Error($"{count} headers in {frame.Length - position} bytes");
            }

            headers = new KeyValuePair<string, string>[count];
            for (int i = 0; i < count; i++)
            {
                headers[i] = new(ReadString(frame, ref position), ReadString(frame, ref position));
            }
        }

        return new MessageStart(
            BinaryPrimitives.ReadUInt64BigEndian(frame),
            BinaryPrimitives.ReadUInt64BigEndian(frame[8..]),
            (StationMessageKind)kind,
            headers,
            position);
    }

    private static int WriteString(Span<byte> destination, string value)
    {
        int length = Encoding.UTF8.GetBytes(value, destination[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)length);
        return 2 + length;
    }

    private static string ReadString(ReadOnlySpan<byte> frame, ref int position)
    {
        if (frame.Length - position < 2)
        {
            throw Error("a header that ends before its length");
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(frame[position..]);
        position += 2;
        if (frame.Length - position < length || position - FixedSize + length > MaxHeaderBytes)
        {
            throw Error("a header that is longer than its frame or than 64 KiB");
        }

        try
        {
            string value = s_strictUtf8.GetString(frame.Slice(position, length));
            position += length;
            return value;
        }
        catch (DecoderFallbackException)
        {
            throw Error("a header that is not UTF-8");
        }
    }

    private static StationException Error(string what) =>
        new(StationFault.ProtocolError, $"The peer broke the protocol: {what}.");
}
