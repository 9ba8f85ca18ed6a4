using System.Buffers.Binary;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>The chunks of a payload (age.md, "Payload"; the STREAM construction).</summary>
/// <remarks>
/// <code>
/// nonce of the payload   16 bytes, in clear
/// chunk …                1 to 65536 bytes and a tag of 16; all but the last are full
/// nonce of a chunk       counter from 0, 11 bytes, big-endian ‖ 1 for the last chunk, 0 before
/// </code>
/// The last chunk is empty only where the whole plaintext is.
/// </remarks>
internal static class PayloadChunk
{
    /// <summary>Bytes of plaintext in a full chunk.</summary>
    public const int PlaintextLength = 64 * 1024;

    /// <summary>Bytes of a full chunk.</summary>
    public const int Length = PlaintextLength + AeadCipher.TagLength;

    /// <summary>Writes the nonce of a chunk. A file whose counter leaves 64 bits would have more than 10^24 bytes.</summary>
    public static void FormatNonce(ulong counter, bool isLast, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[3..], counter);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }
}
