using System.Security.Cryptography;

namespace SecureStation.Core.Keys;

/// <summary>
/// The secret half of a key pair: an Ed25519 seed held here, or a key held by the platform's cryptography.
/// Signing is serialised, because the BCL's keys promise no thread safety.
/// </summary>
internal sealed class PrivateKey : IDisposable
{
    private readonly Lock _lock = new();
    private readonly byte[]? _seed;
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;
    private bool _isDisposed;

    private PrivateKey(StationPublicKey publicKey, byte[]? seed = null, RSA? rsa = null, ECDsa? ecdsa = null)
    {
        PublicKey = publicKey;
        _seed = seed;
        _rsa = rsa;
        _ecdsa = ecdsa;
    }

    public StationPublicKey PublicKey { get; }

    /// <summary>Makes a key. <paramref name="keySize"/> in bits is for RSA only; 0 is the default size.</summary>
    public static PrivateKey Generate(StationKeyAlgorithm algorithm, int keySize)
    {
        switch (algorithm)
        {
            case StationKeyAlgorithm.Ed25519:
                byte[] seed = RandomNumberGenerator.GetBytes(Ed25519.SeedSize);
                try
                {
                    return FromEd25519Seed(seed);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(seed);
                }

            case StationKeyAlgorithm.Rsa:
                return new PrivateKey(RSA.Create(keySize));
            default:
                return new PrivateKey(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        }
    }

    private PrivateKey(RSA rsa)
        : this(StationPublicKey.FromSubjectPublicKeyInfo(rsa.ExportSubjectPublicKeyInfo()), rsa: rsa)
    {
    }

    private PrivateKey(ECDsa ecdsa)
        : this(StationPublicKey.FromSubjectPublicKeyInfo(ecdsa.ExportSubjectPublicKeyInfo()), ecdsa: ecdsa)
    {
    }

    /// <summary>Copies the seed (32 bytes).</summary>
    public static PrivateKey FromEd25519Seed(ReadOnlySpan<byte> seed)
    {
        byte[] copy = seed.ToArray();
        return new PrivateKey(StationPublicKey.FromEd25519(Ed25519.PublicKeyOf(copy)), seed: copy);
    }

    /// <summary>Takes over a key that was read from a file, after a trial that its two halves belong together.</summary>
    public static PrivateKey From(RSA rsa) => new PrivateKey(rsa).RequireConsistent();

    /// <inheritdoc cref="From(RSA)"/>
    public static PrivateKey From(ECDsa ecdsa) => new PrivateKey(ecdsa).RequireConsistent();

    /// <summary>Signs bytes that hold the purpose already (<see cref="SignatureInput"/>).</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: disposed.</exception>
    public byte[] Sign(byte[] input)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            return PublicKey.Algorithm switch
            {
                StationKeyAlgorithm.Ed25519 => Ed25519.Sign(_seed!, input),
                StationKeyAlgorithm.Rsa => _rsa!.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                _ => _ecdsa!.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
            };
        }
    }

    /// <summary>The key as PKCS#8 DER, in a buffer that the caller zeroes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: disposed.</exception>
    public byte[] ExportPkcs8()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            return PublicKey.Algorithm switch
            {
                StationKeyAlgorithm.Ed25519 => Pkcs8.WriteEd25519(_seed),
                StationKeyAlgorithm.Rsa => _rsa!.ExportPkcs8PrivateKey(),
                _ => _ecdsa!.ExportPkcs8PrivateKey(),
            };
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            CryptographicOperations.ZeroMemory(_seed);
            _rsa?.Dispose();
            _ecdsa?.Dispose();
        }
    }

    private PrivateKey RequireConsistent()
    {
        byte[] probe = "SecureStation key check"u8.ToArray();
        if (!PublicKey.VerifyInput(probe, Sign(probe)))
        {
            throw KeyErrors.Invalid("The private and the public part of the key do not belong together.");
        }

        return this;
    }

    private void ThrowIfDisposed()
    {
        if (_isDisposed)
        {
            throw new StationException(StationFault.InvalidState, "The key pair has been disposed.");
        }
    }
}
