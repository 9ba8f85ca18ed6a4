using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// The specification's CipherState (<see href="https://noiseprotocol.org/noise.html#the-cipherstate-object">section 5.1</see>): k and n.
/// One difference: without a key it refuses to work. That plaintext passes through as it is before the first key is
/// <see cref="SymmetricState"/>'s affair, so that no transport can ever do so.
/// </summary>
internal sealed class CipherState(string cipherName) : IDisposable
{
    /// <summary>2^64 − 1: never a message's nonce, only Rekey's.</summary>
    public const ulong ReservedNonce = ulong.MaxValue;

    private AeadCipher? _cipher;

    /// <summary>HasKey().</summary>
    public bool HasKey => _cipher is not null;

    /// <summary>n: the nonce of the next message. Setting it is SetNonce().</summary>
    public ulong Nonce { get; set; }

    /// <summary>InitializeKey(key): takes a 32-byte key (copied) and begins at nonce 0.</summary>
    public void InitializeKey(ReadOnlySpan<byte> key)
    {
        _cipher?.Dispose();
        _cipher = AeadCipher.Create(cipherName, key);
        Nonce = 0;
    }

    /// <summary>EncryptWithAd(ad, plaintext): writes ciphertext and tag, 16 bytes more than the plaintext, and advances n.</summary>
    public int EncryptWithAd(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        AeadCipher cipher = Ready();
        cipher.Encrypt(Nonce, associatedData, plaintext, output[..plaintext.Length], output.Slice(plaintext.Length, AeadCipher.TagLength));
        Nonce++;
        return plaintext.Length + AeadCipher.TagLength;
    }

    /// <summary>
    /// DecryptWithAd(ad, ciphertext): writes the plaintext, 16 bytes less than the ciphertext, and advances n.
    /// After a failure n is where it was and the output zero.
    /// </summary>
    /// <exception cref="CryptographicException">The ciphertext is not genuine.</exception>
    public int DecryptWithAd(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> output)
    {
        AeadCipher cipher = Ready();
        int length = ciphertext.Length - AeadCipher.TagLength;
        cipher.Decrypt(Nonce, associatedData, ciphertext[..length], ciphertext[length..], output[..length]);
        Nonce++;
        return length;
    }

    /// <summary>Rekey(): k becomes the first 32 bytes of ENCRYPT(k, 2^64 − 1, no ad, 32 zero bytes); n stays.</summary>
    public void Rekey()
    {
        AeadCipher cipher = _cipher ?? throw NoKey();
        ulong nonce = Nonce;
        Span<byte> zeros = stackalloc byte[AeadCipher.KeyLength];
        Span<byte> key = stackalloc byte[AeadCipher.KeyLength];
        Span<byte> tag = stackalloc byte[AeadCipher.TagLength];
        zeros.Clear();
        cipher.Encrypt(ReservedNonce, [], zeros, key, tag);
        InitializeKey(key);
        Nonce = nonce;
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Frees the key.</summary>
    public void Dispose()
    {
        _cipher?.Dispose();
        _cipher = null;
    }

    private AeadCipher Ready()
    {
        AeadCipher cipher = _cipher ?? throw NoKey();
        return Nonce != ReservedNonce
            ? cipher
            : throw new StationException(StationFault.InvalidState, "All nonces of this key are used up; a new handshake is needed.");
    }

    private static StationException NoKey() => new(StationFault.InvalidState, "The cipher has no key, or has been disposed of.");
}
