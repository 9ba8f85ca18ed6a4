using System.Security.Cryptography;

namespace SecureStation.Core.DiffieHellman;

/// <summary>
/// The secret of a Diffie-Hellman exchange. It is not uniformly random: derive keys from it. It shows itself only to
/// <see cref="ToHex"/> and <see cref="ToBytes"/>; disposing zeroes it.
/// </summary>
public sealed class DhSharedSecret : IDisposable
{
    private readonly SecretBytes _secret;

    internal DhSharedSecret(byte[] ownedSecret, DhAlgorithm algorithm, string? groupName)
    {
        _secret = new SecretBytes(ownedSecret, static () => new ObjectDisposedException(nameof(DhSharedSecret)));
        Algorithm = algorithm;
        GroupName = groupName;
    }

    /// <summary>Finite field or X25519.</summary>
    public DhAlgorithm Algorithm { get; }

    /// <summary>The name of the group: <c>X25519</c>, a known finite-field group, or null.</summary>
    public string? GroupName { get; }

    /// <summary>The length in bytes: that of p, or 32.</summary>
    public int Length => _secret.Length;

    /// <summary>
    /// Of an exchange inside a station session: the key that is bound to the session,
    /// HKDF-SHA256(secret, salt = the session's channel binding with label "dh", 32 bytes). Null elsewhere.
    /// </summary>
    public DhDerivedKey? Key { get; internal set; }

    /// <summary>The public key of the peer.</summary>
    public DhPublicKey? PeerPublicKey { get; init; }

    /// <summary>Where the peer of an exchange over the network is, <c>host:port</c>; null elsewhere.</summary>
    public string? RemoteAddress { get; internal set; }

    /// <summary>When the secret was agreed on.</summary>
    public DateTimeOffset AgreedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>The secret in lower-case hexadecimal.</summary>
    public string ToHex() => _secret.Use(Convert.ToHexStringLower);

    /// <summary>A copy of the secret.</summary>
    public byte[] ToBytes() => _secret.ToArray();

    /// <summary>Derives a key with HKDF (RFC 5869).</summary>
    /// <param name="length">The length of the key in bytes: 1 to 255 × the hash's.</param>
    /// <param name="salt">Optional, not secret.</param>
    /// <param name="info">What the key is for; optional.</param>
    /// <param name="hash">SHA-256 (the default), SHA-384 or SHA-512.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: another hash or length.</exception>
    public DhDerivedKey DeriveKey(int length, ReadOnlySpan<byte> salt = default, ReadOnlySpan<byte> info = default, HashAlgorithmName? hash = null)
    {
        byte[] secret = _secret.ToArray();
        try
        {
            return DhDerivedKey.Derive(secret, length, salt, info, hash ?? HashAlgorithmName.SHA256);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Zeroes the secret, and <see cref="Key"/> with it. Reading it after that throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _secret.Dispose();
        Key?.Dispose();
    }

    /// <summary>The length; never the secret.</summary>
    public override string ToString() => $"Diffie-Hellman secret, {Length} bytes";
}
