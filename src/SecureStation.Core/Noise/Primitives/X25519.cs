using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// X25519 (RFC 7748), the specification's DH function <c>25519</c>, on keys as bytes. <see cref="X25519PrivateKey"/> does the arithmetic.
/// </summary>
internal static class X25519
{
    /// <summary>Bytes in a private key, a public key and a shared secret (DHLEN).</summary>
    public const int KeyLength = 32;

    /// <summary>Fills <paramref name="privateKey"/> with a new private key. Clamping is left to the multiplication (RFC 7748, section 5).</summary>
    public static void GeneratePrivateKey(Span<byte> privateKey) => RandomNumberGenerator.Fill(privateKey);

    /// <summary>Computes the public key of a private one.</summary>
    public static void ComputePublicKey(byte[] privateKey, byte[] publicKey)
    {
        CheckLength(privateKey, nameof(privateKey));
        CheckLength(publicKey, nameof(publicKey));
        using X25519PrivateKey key = X25519PrivateKey.Import(privateKey);
        key.GetPublicKey(publicKey);
    }

    /// <summary>
    /// Computes the shared secret. Public keys are taken as RFC 7748 says: the top bit is ignored, values are reduced modulo p.
    /// </summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidKey"/>: the shared secret is zero, which only a public key of low order gives (RFC 7748, section 6.1).
    /// </exception>
    public static void ComputeSharedSecret(byte[] privateKey, byte[] publicKey, byte[] sharedSecret)
    {
        CheckLength(privateKey, nameof(privateKey));
        using X25519PrivateKey key = X25519PrivateKey.Import(privateKey);
        ComputeSharedSecret(key, publicKey, sharedSecret);
    }

    /// <inheritdoc cref="ComputeSharedSecret(byte[], byte[], byte[])"/>
    public static void ComputeSharedSecret(X25519PrivateKey privateKey, byte[] publicKey, byte[] sharedSecret)
    {
        CheckLength(publicKey, nameof(publicKey));
        CheckLength(sharedSecret, nameof(sharedSecret));
        if (!privateKey.TryComputeSharedSecret(publicKey, sharedSecret))
        {
            throw new StationException(StationFault.InvalidKey, "The X25519 public key is a point of low order; no secret can be agreed with it.");
        }
    }

    private static void CheckLength(byte[] key, string name)
    {
        // The libraries read 32 bytes and ignore what follows.
        if (key.Length != KeyLength)
        {
            throw new StationException(StationFault.InvalidKey, $"An X25519 key has {KeyLength} bytes, {name} has {key.Length}.");
        }
    }
}
