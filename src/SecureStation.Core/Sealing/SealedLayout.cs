using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureStation.Core.Sealing;

/// <summary>
/// The plaintext of a sealed message, the whole of an age file's (docs/protocol/sealed.md):
/// <code>
/// "SecureStation/1 sealed\n"
/// u32 length | head            JSON (see SealedHeadJson), 128 KiB at most
/// body                         up to what follows: its length is not said before
/// signature | u16 its length   the last two bytes; 0 where it is anonymous, 1,024 at most
/// </code>
/// Numbers are big-endian. What the signature is over, purpose <c>sealed</c>:
/// <code>
/// SHA-256(head) [32] | u64 length of the body | SHA-256(body) [32]
/// </code>
/// </summary>
internal static class SealedLayout
{
    /// <summary>The longest signature: RSA of 8,192 bits.</summary>
    public const int MaxSignatureLength = 1024;

    /// <summary>Bytes that may be signature and its length, and not body, as long as the end has not come.</summary>
    public const int MaxTrailerLength = MaxSignatureLength + TrailerLength;

    /// <summary>Bytes of the signature's length.</summary>
    public const int TrailerLength = sizeof(ushort);

    /// <summary>The first bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "SecureStation/1 sealed\n"u8;

    /// <summary>What is signed.</summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> headHash, ulong bodyLength, ReadOnlySpan<byte> bodyHash)
    {
        byte[] signed = new byte[(2 * SHA256.HashSizeInBytes) + sizeof(ulong)];
        headHash.CopyTo(signed);
        BinaryPrimitives.WriteUInt64BigEndian(signed.AsSpan(SHA256.HashSizeInBytes), bodyLength);
        bodyHash.CopyTo(signed.AsSpan(SHA256.HashSizeInBytes + sizeof(ulong)));
        return signed;
    }
}
