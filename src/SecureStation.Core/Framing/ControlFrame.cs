using System.Buffers.Binary;

namespace SecureStation.Core.Framing;

/// <summary>
/// A frame that is no part of a message, as numbers (docs/protocol/station-1.md, section 5):
/// <code>
/// Ack         last id in the inbox u64 | body bytes taken out of the inbox u64
/// Ping, Pong  token u64
/// Close       reason u16 | last id delivered u64
/// Rekey       no body; flag 1: you too
/// </code>
/// </summary>
internal readonly record struct ControlFrame(FrameType Type, ulong First = 0, ulong Second = 0, bool Flag = false)
{
    /// <summary>The longest body.</summary>
    public const int MaxBodyLength = 16;

    public static ControlFrame Ack(ulong lastId, long taken) => new(FrameType.Ack, lastId, (ulong)taken);

    public static ControlFrame Ping(ulong token) => new(FrameType.Ping, token);

    public static ControlFrame Pong(ulong token) => new(FrameType.Pong, token);

    public static ControlFrame Close(StationReason reason, ulong lastId) => new(FrameType.Close, (ulong)reason, lastId);

    public static ControlFrame Rekey(bool askPeer) => new(FrameType.Rekey, Flag: askPeer);

    /// <summary>Bytes of the body.</summary>
    public int BodyLength => Type switch
    {
        FrameType.Ack => 16,
        FrameType.Ping or FrameType.Pong => 8,
        FrameType.Close => 10,
        _ => 0,
    };

    /// <summary>Reads a body whose length the header's check has found right.</summary>
    public static ControlFrame Read(FrameType type, byte flags, ReadOnlySpan<byte> body) => type switch
    {
        FrameType.Ack => new(type, BinaryPrimitives.ReadUInt64BigEndian(body), BinaryPrimitives.ReadUInt64BigEndian(body[8..])),
        FrameType.Ping or FrameType.Pong => new(type, BinaryPrimitives.ReadUInt64BigEndian(body)),
        FrameType.Close => new(type, BinaryPrimitives.ReadUInt16BigEndian(body), BinaryPrimitives.ReadUInt64BigEndian(body[2..])),
        _ => new(type, Flag: (flags & FrameHeader.Flag1) != 0),
    };

    /// <summary>Writes header and body; returns their length.</summary>
    public int Write(Span<byte> destination)
    {
        new FrameHeader(Type, Flag ? FrameHeader.Flag1 : (byte)0, BodyLength).Write(destination);
        Span<byte> body = destination[FrameHeader.Size..];
        switch (Type)
        {
            case FrameType.Ack:
                BinaryPrimitives.WriteUInt64BigEndian(body, First);
                BinaryPrimitives.WriteUInt64BigEndian(body[8..], Second);
                break;
            case FrameType.Ping or FrameType.Pong:
                BinaryPrimitives.WriteUInt64BigEndian(body, First);
                break;
            case FrameType.Close:
                BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)First);
                BinaryPrimitives.WriteUInt64BigEndian(body[2..], Second);
                break;
        }

        return FrameHeader.Size + BodyLength;
    }
}
