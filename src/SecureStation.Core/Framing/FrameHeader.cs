using System.Buffers.Binary;

namespace SecureStation.Core.Framing;

/// <summary>
/// The six bytes before every frame:
/// <code>
/// type u8 | flags u8 | length u32 (of the body, 1 MiB at most)
/// </code>
/// </summary>
internal readonly record struct FrameHeader(FrameType Type, byte Flags, int Length)
{
    public const int Size = 6;
    public const int MaxBodyLength = 1024 * 1024;

    /// <summary>On Message: more frames of this message follow. On Rekey: the other side is asked to rekey too.</summary>
    public const byte Flag1 = 1;

    /// <summary>Writes the header into the first six bytes.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Type;
        destination[1] = Flags;
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)Length);
    }

    /// <summary>Reads six bytes and checks type, flags and length.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        var type = (FrameType)source[0];
        byte flags = source[1];
        uint length = BinaryPrimitives.ReadUInt32BigEndian(source[2..]);
        (byte allowedFlags, uint min, uint max) = type switch
        {
            FrameType.Welcome => ((byte)0, 32u, 32u),
            FrameType.Message => (Flag1, 0u, (uint)MaxBodyLength),
            FrameType.Ack => ((byte)0, 16u, 16u),
            FrameType.Ping or FrameType.Pong => ((byte)0, 8u, 8u),
            FrameType.Close => ((byte)0, 10u, 10u),
            FrameType.Rekey => (Flag1, 0u, 0u),
            _ => throw Error($"unknown frame type {source[0]}"),
        };
        if ((flags & ~allowedFlags) != 0)
        {
            throw Error($"unknown flags 0x{flags:x2} on a {type} frame");
        }

        if (length < min || length > max)
        {
            throw Error($"a {type} frame of {length} bytes");
        }

        return new FrameHeader(type, flags, (int)length);
    }

    private static StationException Error(string what) =>
        new(StationFault.ProtocolError, $"The peer broke the protocol: {what}.");
}
