using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// One of the specification's cipher functions with its key
/// (<see href="https://noiseprotocol.org/noise.html#cipher-functions">section 4.2</see>):
/// an AEAD with a 32-byte key, a 64-bit counter as nonce and a 16-byte tag.
/// Plaintext and ciphertext may be the same memory.
/// </summary>
internal abstract class AeadCipher : IDisposable
{
    public const int KeyLength = 32;
    public const int NonceLength = 12;
    public const int TagLength = 16;

    /// <summary>The names of the cipher functions in protocol names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["AESGCM", "ChaChaPoly"];

    /// <summary>Makes the named cipher function with a 32-byte key. The key is copied.</summary>
    public static AeadCipher Create(string name, ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyLength)
        {
            throw new StationException(StationFault.InvalidKey, $"{name} takes a key of {KeyLength} bytes, not {key.Length}.");
        }

        return name switch
        {
            "AESGCM" => new AesGcmCipher(key),
            "ChaChaPoly" when ChaCha20Poly1305.IsSupported => new ChaChaPolyCipher(key),
            "ChaChaPoly" => new BouncyCastleChaChaPolyCipher(key),
            _ => throw new StationException(StationFault.InvalidArgument, $"There is no Noise cipher function '{name}'."),
        };
    }

    /// <summary>Encrypts; <paramref name="ciphertext"/> has the plaintext's length.</summary>
    public void Encrypt(ulong n, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        FormatNonce(n, nonce);
        Seal(nonce, associatedData, plaintext, ciphertext, tag);
    }

    /// <summary>Decrypts; <paramref name="plaintext"/> has the ciphertext's length and is zero after a failure.</summary>
    /// <exception cref="CryptographicException">The tag is not that of this ciphertext.</exception>
    public void Decrypt(ulong n, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        FormatNonce(n, nonce);
        Open(nonce, associatedData, ciphertext, tag, plaintext);
    }

    /// <summary>Writes n as this function's nonce: 4 zero bytes and n, its byte order being what differs.</summary>
    protected abstract void FormatNonce(ulong n, Span<byte> nonce);

    /// <summary>Encrypts under a 12-byte nonce.</summary>
    public abstract void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag);

    /// <summary>Decrypts under a 12-byte nonce.</summary>
    /// <exception cref="CryptographicException">The tag is not that of this ciphertext.</exception>
    public abstract void Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext);

    /// <summary>Frees the key.</summary>
    public abstract void Dispose();
}
