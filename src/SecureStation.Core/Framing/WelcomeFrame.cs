using System.Buffers.Binary;

namespace SecureStation.Core.Framing;

/// <summary>
/// The body of each side's first frame:
/// <code>
/// session id [16] | R: 1 bit | last id delivered: 63 bits | largest message u32 | window u32
/// </code>
/// R: the sender keeps this session when the connection is cut. Stations that do not resume send 0.
/// </summary>
/// <param name="SessionId">As hex; the responder chooses it, the initiator sends zeros.</param>
/// <param name="LastId">The last message that the sender has of a session that goes on; 0 in a new one.</param>
/// <param name="MaxMessage">The longest body that the sender takes, in bytes.</param>
/// <param name="Window">Body bytes that the sender takes before it has to be waited for.</param>
/// <param name="IsKept">Whether the sender keeps the session over a cut.</param>
internal sealed record WelcomeFrame(string SessionId, ulong LastId, uint MaxMessage, uint Window, bool IsKept = false)
{
    public const int BodyLength = 32;

    /// <summary>What an initiator sends where it asks for a new session.</summary>
    public const string NoSession = "00000000000000000000000000000000";

    private const ulong Kept = 1ul << 63;

    /// <summary>Reads a body whose length the header's check has found right.</summary>
    public static WelcomeFrame Read(ReadOnlySpan<byte> body)
    {
        ulong last = BinaryPrimitives.ReadUInt64BigEndian(body[16..]);
        return new(
            Convert.ToHexStringLower(body[..16]),
            last & ~Kept,
            BinaryPrimitives.ReadUInt32BigEndian(body[24..]),
            BinaryPrimitives.ReadUInt32BigEndian(body[28..]),
            (last & Kept) != 0);
    }

    /// <summary>Writes header and body; returns their length.</summary>
    public int Write(Span<byte> destination)
    {
        new FrameHeader(FrameType.Welcome, 0, BodyLength).Write(destination);
        Span<byte> body = destination[FrameHeader.Size..];
        Convert.FromHexString(SessionId, body[..16], out _, out _);
        BinaryPrimitives.WriteUInt64BigEndian(body[16..], IsKept ? LastId | Kept : LastId);
        BinaryPrimitives.WriteUInt32BigEndian(body[24..], MaxMessage);
        BinaryPrimitives.WriteUInt32BigEndian(body[28..], Window);
        return FrameHeader.Size + BodyLength;
    }
}
