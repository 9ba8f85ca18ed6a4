using System.Security.Cryptography;
using System.Text;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.AesChat;

/// <summary>
/// The 8 bytes that a conversation's key is made of, and how they go over the wire:
/// <code>
/// inner   = eightByte (8) ":" MD5hex(eightByte) (32) ":" MD5hex(server PEM) (32)
/// AES key = eightByte ‖ eightByte reversed                64 bits of entropy
/// IV      = the key
/// </code>
/// </summary>
internal static class AesSessionValue
{
    /// <summary>Bytes of the value.</summary>
    public const int Length = 8;

    private const int DigestLength = 32;
    private const int TailLength = 1 + DigestLength + 1 + DigestLength;

    /// <summary>Draws a value; not every one can be used (<see cref="IsSafe"/>).</summary>
    public static byte[] Draw() => RandomNumberGenerator.GetBytes(Length);

    /// <summary>Whether an original client can take the value: it splits at colons, and textbook RSA loses leading zeros.</summary>
    public static bool IsSafe(ReadOnlySpan<byte> eightByte) => eightByte[0] != 0 && !eightByte.Contains((byte)':');

    /// <summary>The AES key, and its first chaining value.</summary>
    public static byte[] ToKey(ReadOnlySpan<byte> eightByte)
    {
        byte[] key = new byte[2 * Length];
        eightByte.CopyTo(key);
        eightByte.CopyTo(key.AsSpan(Length));
        key.AsSpan(Length).Reverse();
        return key;
    }

    /// <summary>MD5 as 32 lower-case hex digits in ASCII.</summary>
    public static byte[] Digest(ReadOnlySpan<byte> data) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(MD5.HashData(data)));

    /// <summary>What the server encrypts to the client.</summary>
    public static byte[] WriteInner(ReadOnlySpan<byte> eightByte, ReadOnlySpan<byte> serverPem) =>
        [.. eightByte, (byte)':', .. Digest(eightByte), (byte)':', .. Digest(serverPem)];

    /// <summary>
    /// Reads it from its end, where the lengths are known: the value may hold colons, or have lost leading zeros.
    /// </summary>
    /// <exception cref="FormatException">It is something else, or a digest is wrong.</exception>
    public static byte[] ReadInner(ReadOnlySpan<byte> inner, ReadOnlySpan<byte> serverPem)
    {
        byte[] eightByte = new byte[Length];
        if (inner.Length <= TailLength || !LongToBytes.TryRestore(inner[..^TailLength], eightByte))
        {
            throw new FormatException("the server's session value is not 8 bytes and two digests");
        }

        ReadOnlySpan<byte> tail = inner[^TailLength..];
        if (tail[0] != ':' || tail[1 + DigestLength] != ':'
            || !tail.Slice(1, DigestLength).SequenceEqual(Digest(eightByte))
            || !tail[^DigestLength..].SequenceEqual(Digest(serverPem)))
        {
            throw new FormatException("a digest in the server's message does not fit");
        }

        return eightByte;
    }
}
