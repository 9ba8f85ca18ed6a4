using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>The keys of an age file (age.md): all come from the file key, which every stanza wraps on its own.</summary>
/// <remarks>
/// <code>
/// header key  = HKDF-SHA-256(file key, salt = "",    info = "header"),  32 bytes
/// payload key = HKDF-SHA-256(file key, salt = nonce, info = "payload"), 32 bytes
/// body of a stanza = ChaCha20-Poly1305(wrap key, nonce = 12 zero bytes, no AD, file key): each wrap key is used once
/// </code>
/// </remarks>
internal static class AgeKeys
{
    /// <summary>Bytes in a file key.</summary>
    public const int FileKeyLength = 16;

    /// <summary>Bytes in every other key.</summary>
    public const int KeyLength = 32;

    /// <summary>Bytes in the nonce that a payload begins with.</summary>
    public const int PayloadNonceLength = 16;

    private static readonly byte[] s_zeroNonce = new byte[AeadCipher.NonceLength];

    /// <summary>HKDF-SHA-256 to 32 bytes, which the caller zeroes.</summary>
    public static byte[] Derive(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info)
    {
        byte[] key = new byte[KeyLength];
        Span<byte> prk = stackalloc byte[HMACSHA256.HashSizeInBytes];
        try
        {
            // HKDF-Extract by its definition (RFC 5869, 2.2): .NET's own refuses an empty secret on OpenSSL, and SSH's tweak has one.
            HMACSHA256.HashData(salt, secret, prk);
            HKDF.Expand(HashAlgorithmName.SHA256, prk, key, info);
            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(prk);
        }
    }

    /// <summary>The MAC of a header.</summary>
    public static byte[] ComputeMac(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> authenticated)
    {
        byte[] key = Derive(fileKey, [], "header"u8);
        try
        {
            return HMACSHA256.HashData(key, authenticated);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The cipher of a payload.</summary>
    public static AeadCipher CreatePayloadCipher(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce)
    {
        byte[] key = Derive(fileKey, nonce, "payload"u8);
        try
        {
            return AeadCipher.Create("ChaChaPoly", key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Wraps a file key: 32 bytes.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> fileKey) => Wrap(wrapKey, s_zeroNonce, fileKey);

    /// <summary>Wraps a file key under a nonce of 12 bytes: 32 bytes.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> fileKey)
    {
        using AeadCipher cipher = AeadCipher.Create("ChaChaPoly", wrapKey);
        byte[] body = new byte[AgeStanza.SealedKeyLength];
        cipher.Seal(nonce, [], fileKey, body.AsSpan(0, FileKeyLength), body.AsSpan(FileKeyLength));
        return body;
    }

    /// <summary>Unwraps a file key, which the caller zeroes; null where the body was not made with this key.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> body) => Unwrap(wrapKey, s_zeroNonce, body);

    /// <summary>Unwraps a file key under a nonce of 12 bytes.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> body)
    {
        using AeadCipher cipher = AeadCipher.Create("ChaChaPoly", wrapKey);
        byte[] fileKey = new byte[FileKeyLength];
        try
        {
            cipher.Open(nonce, [], body[..FileKeyLength], body[FileKeyLength..], fileKey);
            return fileKey;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
