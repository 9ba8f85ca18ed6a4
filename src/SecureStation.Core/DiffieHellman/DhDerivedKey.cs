using System.Security.Cryptography;

namespace SecureStation.Core.DiffieHellman;

/// <summary>
/// A key derived from a Diffie-Hellman secret. It shows itself only to <see cref="ToHex"/> and <see cref="ToBytes"/>; disposing
/// zeroes it.
/// </summary>
public sealed class DhDerivedKey : IDisposable
{
    private readonly SecretBytes _key;

    private DhDerivedKey(byte[] ownedKey, HashAlgorithmName hash)
    {
        _key = new SecretBytes(ownedKey, static () => new ObjectDisposedException(nameof(DhDerivedKey)));
        HashAlgorithm = hash.Name!;
    }

    /// <summary>The hash of the HKDF that made it: SHA256, SHA384 or SHA512.</summary>
    public string HashAlgorithm { get; }

    /// <summary>The length in bytes.</summary>
    public int Length => _key.Length;

    /// <summary>The key in lower-case hexadecimal.</summary>
    public string ToHex() => _key.Use(Convert.ToHexStringLower);

    /// <summary>A copy of the key.</summary>
    public byte[] ToBytes() => _key.ToArray();

    /// <summary>Zeroes the key. Reading it after that throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _key.Dispose();
    }

    /// <summary>The length; never the key.</summary>
    public override string ToString() => $"derived key, {Length} bytes";

    /// <summary>HKDF of RFC 5869: extract with the salt, expand with the info.</summary>
    internal static DhDerivedKey Derive(ReadOnlySpan<byte> secret, int length, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info, HashAlgorithmName hash)
    {
        int hashLength = hash.Name switch
        {
            nameof(HashAlgorithmName.SHA256) => SHA256.HashSizeInBytes,
            nameof(HashAlgorithmName.SHA384) => SHA384.HashSizeInBytes,
            nameof(HashAlgorithmName.SHA512) => SHA512.HashSizeInBytes,
            _ => throw new StationException(StationFault.InvalidArgument, $"HKDF is done with SHA256, SHA384 or SHA512, not {hash.Name}."),
        };
        if (length < 1 || length > 255 * hashLength)
        {
            throw new StationException(StationFault.InvalidArgument, $"HKDF with {hash.Name} gives 1 to {255 * hashLength} bytes, not {length}.");
        }

        byte[] key = new byte[length];
        HKDF.DeriveKey(hash, secret, key, salt, info);
        return new DhDerivedKey(key, hash);
    }
}
