using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// An X25519 key pair (RFC 7748) for Noise, static or ephemeral. Several handshakes at a time may use one.
/// <see cref="Dispose"/> zeroes the private key; nothing shows it.
/// </summary>
public sealed class NoiseKeyPair : IDisposable
{
    /// <summary>Bytes in a private and in a public key.</summary>
    public const int KeyLength = X25519.KeyLength;

    private readonly X25519PrivateKey _privateKey;
    private readonly byte[] _publicKey = new byte[KeyLength];

    private NoiseKeyPair(X25519PrivateKey privateKey)
    {
        _privateKey = privateKey;
        privateKey.GetPublicKey(_publicKey);
    }

    /// <summary>The public key, 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Makes a new key pair.</summary>
    public static NoiseKeyPair Generate() => new(X25519PrivateKey.Generate());

    /// <summary>Makes the key pair of a 32-byte private key, which is copied.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length.</exception>
    public static NoiseKeyPair FromPrivateKey(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != KeyLength)
        {
            throw new StationException(StationFault.InvalidKey, $"A Noise private key has {KeyLength} bytes, not {privateKey.Length}.");
        }

        return new NoiseKeyPair(X25519PrivateKey.Import(privateKey));
    }

    /// <summary>The public key as lower-case hex.</summary>
    public override string ToString() => Convert.ToHexStringLower(_publicKey);

    /// <summary>DH(key_pair, public_key): writes the 32-byte shared secret.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: the public key is of low order. <see cref="StationFault.InvalidState"/>: disposed.</exception>
    internal void ComputeSharedSecret(byte[] publicKey, byte[] sharedSecret)
    {
        try
        {
            X25519.ComputeSharedSecret(_privateKey, publicKey, sharedSecret);
        }
        catch (ObjectDisposedException e)
        {
            throw new StationException(StationFault.InvalidState, "The Noise key pair has been disposed of.", e);
        }
    }

    /// <summary>Zeroes the private key.</summary>
    public void Dispose() => _privateKey.Dispose();
}
