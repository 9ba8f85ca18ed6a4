namespace SecureStation.Core.Keys;

/// <summary>
/// A station's identity: a signing key pair. The private key leaves it only through <see cref="Files.KeyFile"/>;
/// <see cref="Dispose"/> zeroes it. Safe for use by many threads.
/// </summary>
public sealed class StationKeyPair : IDisposable
{
    /// <summary>The size in bits of a new RSA key where none is asked for.</summary>
    public const int DefaultRsaKeySize = 3072;

    private readonly PrivateKey _privateKey;

    internal StationKeyPair(PrivateKey privateKey) => _privateKey = privateKey;

    /// <summary>The kind of key.</summary>
    public StationKeyAlgorithm Algorithm => PublicKey.Algorithm;

    /// <summary>The size in bits: 256 for Ed25519 and P-256, the modulus for RSA.</summary>
    public int KeySize => PublicKey.KeySize;

    /// <summary>The public half.</summary>
    public StationPublicKey PublicKey => _privateKey.PublicKey;

    /// <summary>The fingerprint of the public half.</summary>
    public Fingerprint Fingerprint => PublicKey.Fingerprint;

    /// <summary>The name under which a <see cref="Files.KeyStore"/> holds it; null for keys that are in none.</summary>
    public string? Name { get; private set; }

    /// <summary>The folder of the <see cref="Files.KeyStore"/> that <see cref="Name"/> is of; null for keys that are in none.</summary>
    public string? StoreDirectory { get; private set; }

    /// <summary>Whether it exists in a file or key store, and not in memory only. What a key in memory learns is not written down.</summary>
    public bool IsStored { get; private set; }

    /// <summary>Makes a new key pair, in memory only.</summary>
    /// <param name="algorithm">The kind of key.</param>
    /// <param name="keySize">For RSA: bits, 2048 to 8192 in steps of 64; 0 is 3072. For the others 0 or 256.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no such algorithm or size.</exception>
    public static StationKeyPair Generate(StationKeyAlgorithm algorithm = StationKeyAlgorithm.Ed25519, int keySize = 0)
    {
        if (!Enum.IsDefined(algorithm))
        {
            throw new StationException(StationFault.InvalidArgument, $"There is no key algorithm {(int)algorithm}.");
        }

        if (algorithm != StationKeyAlgorithm.Rsa)
        {
            return keySize is 0 or 256
                ? new StationKeyPair(PrivateKey.Generate(algorithm, keySize))
                : throw new StationException(StationFault.InvalidArgument, $"{algorithm} keys have 256 bits, not {keySize}.");
        }

        int size = keySize == 0 ? DefaultRsaKeySize : keySize;
        if (size is < StationPublicKey.MinRsaKeySize or > StationPublicKey.MaxRsaKeySize || size % 64 != 0)
        {
            throw new StationException(
                StationFault.InvalidArgument,
                $"RSA keys have {StationPublicKey.MinRsaKeySize} to {StationPublicKey.MaxRsaKeySize} bits in steps of 64, not {keySize}.");
        }

        return new StationKeyPair(PrivateKey.Generate(algorithm, size));
    }

    /// <summary>
    /// Signs the data for a purpose: 64 bytes for Ed25519, as long as the modulus for RSA, up to 72 bytes of DER for ECDSA.
    /// </summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidState"/>: disposed; <see cref="StationFault.InvalidArgument"/>: no such purpose.
    /// </exception>
    public byte[] Sign(SignaturePurpose purpose, ReadOnlySpan<byte> data) => _privateKey.Sign(SignatureInput.Build(purpose, data));

    /// <summary>Zeroes the private key. The public key can still be read.</summary>
    public void Dispose() => _privateKey.Dispose();

    /// <summary>The fingerprint: never anything secret.</summary>
    public override string ToString() => Fingerprint.ToString();

    /// <summary>The private key as PKCS#8 DER, in a buffer that the caller zeroes.</summary>
    internal byte[] ExportPkcs8() => _privateKey.ExportPkcs8();

    /// <summary>Notes that the pair now exists in a file, and its name if that file is a key store's.</summary>
    internal void MarkStored(string? name = null, string? directory = null)
    {
        IsStored = true;
        Name = name ?? Name;
        StoreDirectory = directory ?? StoreDirectory;
    }
}
