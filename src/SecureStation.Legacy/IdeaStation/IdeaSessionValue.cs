using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Legacy.IdeaStation;

/// <summary>
/// From 16 random bytes to the IDEA key:
/// <code>
/// encrypto = key_128 XOR AES-128-ECB(key_128, key_128)       AES-CTR with a counter that is always key_128
/// digest   = SHA-1(encrypto), 40 lower-case hex digits
/// IDEA key = the first 16 characters of digest, as ASCII      64 bits of entropy at most
/// </code>
/// The client gets encrypto by textbook RSA and never learns key_128.
/// </summary>
internal static class IdeaSessionValue
{
    /// <summary>Bytes of the value that goes over the wire.</summary>
    public const int Length = 16;

    /// <summary>
    /// Draws a value that does not begin with zero: textbook RSA loses leading zeros, and an original client would go on with another
    /// digest than the server's, unnoticed.
    /// </summary>
    public static byte[] Draw()
    {
        byte[] key = new byte[Length];
        byte[] value;
        do
        {
            RandomNumberGenerator.Fill(key);
            value = Derive(key);
        }
        while (value[0] == 0);
        CryptographicOperations.ZeroMemory(key);
        return value;
    }

    /// <summary>The value of a key_128.</summary>
    public static byte[] Derive(ReadOnlySpan<byte> key128)
    {
        using var aes = Aes.Create();
        aes.SetKey(key128);
        byte[] value = aes.EncryptEcb(key128, PaddingMode.None);
        for (int i = 0; i < Length; i++)
        {
            value[i] ^= key128[i];
        }

        return value;
    }

    /// <summary>The session key of the old program's words: 40 hex digits.</summary>
    public static string Digest(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(SHA1.HashData(value));

    /// <summary>The key that messages are encrypted with.</summary>
    public static byte[] ToIdeaKey(string digest) => Encoding.ASCII.GetBytes(digest, 0, IdeaKeystream.Length);
}
