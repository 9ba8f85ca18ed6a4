using System.Buffers.Binary;

namespace SecureStation.Core.Messages;

/// <summary>
/// A message protected for any channel (docs/protocol/protected-message.md):
/// <code>
/// u64 n | ciphertext | tag [16]      n: the message's number in its direction, from 0; the plaintext is u8 kind | body
/// </code>
/// Prints as base64 and is read from it. Holds no key.
/// </summary>
public sealed class ProtectedMessage
{
    /// <summary>Bytes that it has beyond the body: n, the kind and the tag.</summary>
    public const int Overhead = sizeof(ulong) + 1 + 16;

    /// <summary>The largest body, in bytes: that of a session's message.</summary>
    public const int MaxBodyLength = 16 * 1024 * 1024;

    private readonly byte[] _bytes;

    /// <summary>Takes the bytes of a protected message, which are copied.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: too short or too long to be one.</exception>
    public ProtectedMessage(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length is < Overhead or > MaxBodyLength + Overhead)
        {
            throw new StationException(StationFault.InvalidArgument, $"A protected message has {Overhead} to {MaxBodyLength + Overhead} bytes, not {bytes.Length}.");
        }

        _bytes = (byte[])bytes.Clone();
    }

    /// <summary>n: the message's number in its direction, from 0, as the sender claims.</summary>
    public ulong Number => BinaryPrimitives.ReadUInt64BigEndian(_bytes);

    /// <summary>Bytes in all.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes in memory.</summary>
    internal ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Reads the base64 of a protected message; white space is skipped.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not base64, or not the length of one.</exception>
    public static ProtectedMessage Parse(string text) => new(WireText.Decode(text, MaxBodyLength + Overhead, "protected message"));

    /// <summary>A copy of the bytes.</summary>
    public byte[] ToBytes() => (byte[])_bytes.Clone();

    /// <summary>The bytes as lower-case hex.</summary>
    public string ToHex() => Convert.ToHexStringLower(_bytes);

    /// <summary>The bytes as base64, on one line.</summary>
    public override string ToString() => Convert.ToBase64String(_bytes);
}
