using System.Buffers.Binary;
using System.Text;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>The frames of docs/protocol/station-1.md as bytes, right or wrong.</summary>
internal static class Wire
{
    public static byte[] Raw(byte type, byte flags, params ReadOnlySpan<byte> body) => [type, flags, .. U32((uint)body.Length), .. body];

    public static byte[] Frame(FrameType type, params ReadOnlySpan<byte> body) => Raw((byte)type, 0, body);

    public static byte[] Welcome(uint largestMessage = 16 * 1024 * 1024, uint window = 1024 * 1024) =>
        Frame(FrameType.Welcome, [.. new byte[24], .. U32(largestMessage), .. U32(window)]);

    public static byte[] Text(ulong id, string text, byte flags = 0) => Message(id, 1, Encoding.UTF8.GetBytes(text), flags);

    public static byte[] Message(ulong id, byte kind, ReadOnlySpan<byte> body, byte flags = 0, ulong inReplyTo = 0, params (string Name, string Value)[] headers)
    {
        var bytes = new List<byte>([.. U64(id), .. U64(inReplyTo), kind, .. U16((ushort)headers.Length)]);
        foreach ((string name, string value) in headers)
        {
            bytes.AddRange([.. String(name), .. String(value)]);
        }

        return Raw((byte)FrameType.Message, flags, [.. bytes, .. body]);
    }

    public static byte[] More(ReadOnlySpan<byte> body, bool moreFollows) => Raw((byte)FrameType.Message, moreFollows ? (byte)1 : (byte)0, body);

    public static byte[] Service(ulong id, string service, ReadOnlySpan<byte> body = default, ulong inReplyTo = 0) =>
        Message(id, (byte)StationMessageKind.Service, body, inReplyTo: inReplyTo, headers: [(OutgoingMessage.ServiceHeader, service)]);

    public static byte[] Ack(ulong id, ulong taken) => Frame(FrameType.Ack, [.. U64(id), .. U64(taken)]);

    public static byte[] Ping(ulong token) => Frame(FrameType.Ping, U64(token));

    public static byte[] Close(StationReason reason = StationReason.Closed, ulong delivered = 0) => Frame(FrameType.Close, [.. U16((ushort)reason), .. U64(delivered)]);

    public static byte[] U16(ushort value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] U32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] U64(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] String(string value) => [.. U16((ushort)Encoding.UTF8.GetByteCount(value)), .. Encoding.UTF8.GetBytes(value)];
}
