using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.DiffieHellman;

/// <summary>
/// A private exponent and its public value. Use one for one exchange where you can: a static exponent is exposed to every
/// peer's choice of values, and finite-field arithmetic is constant-time only where OpenSSL does it
/// (see docs about_SecureStation_DiffieHellman). Disposing zeroes the exponent.
/// </summary>
public sealed class DhKeyPair : IDisposable
{
    private readonly SecretBytes _privateKey;

    private DhKeyPair(DhPublicKey publicKey, byte[] privateKey)
    {
        PublicKey = publicKey;
        _privateKey = new SecretBytes(privateKey, static () => new ObjectDisposedException(nameof(DhKeyPair)));
    }

    /// <summary>Finite field or X25519.</summary>
    public DhAlgorithm Algorithm => PublicKey.Algorithm;

    /// <summary>The parameters of a finite-field key pair; null for X25519.</summary>
    public DhParameter? Parameter => PublicKey.Parameter;

    /// <summary>The name of the group: <c>X25519</c>, a known finite-field group, or null.</summary>
    public string? GroupName => PublicKey.GroupName;

    /// <summary>The public half.</summary>
    public DhPublicKey PublicKey { get; }

    /// <summary>
    /// Generates a key pair. The exponent has exactly <see cref="DhParameter.PrivateBits"/> bits, as PKCS#3 wants
    /// (2^(l−1) ≤ x &lt; 2^l).
    /// </summary>
    /// <param name="parameter">The group.</param>
    /// <param name="policy">Which groups are acceptable; <see cref="DhPolicy.Default"/> if null.</param>
    /// <param name="cancellationToken">Ends the test of an unknown prime.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidParameter"/>: the group is not acceptable.</exception>
    public static DhKeyPair Generate(DhParameter parameter, DhPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        parameter.EnsureAcceptable(policy, cancellationToken);
        int bits = parameter.PrivateBits;
        byte[] exponent = RandomNumberGenerator.GetBytes((bits + 7) / 8);
        int topBit = (bits - 1) % 8;
        exponent[0] = (byte)((exponent[0] & ((1 << topBit) - 1)) | (1 << topBit));
        if (parameter.GeneratesWholeGroup(cancellationToken))
        {
            // An even exponent: whether y is a residue would give its lowest bit away. OpenSSL does the same.
            exponent[^1] &= 0xFE;
        }

        return new DhKeyPair(DhPublicKey.OfExponent(parameter, exponent), exponent);
    }

    /// <summary>Generates an X25519 key pair.</summary>
    public static DhKeyPair GenerateX25519()
    {
        byte[] privateKey = new byte[X25519.KeyLength];
        X25519.GeneratePrivateKey(privateKey);
        return FromX25519(privateKey);
    }

    /// <summary>Reads a private key: PKCS#8 in DER, or in PEM, also encrypted.</summary>
    /// <param name="pemOrDer">The file: dhKeyAgreement, dhpublicnumber or X25519.</param>
    /// <param name="passphrase">Opens an encrypted one.</param>
    /// <param name="policy">Which groups are acceptable; <see cref="DhPolicy.Default"/> if null.</param>
    /// <param name="cancellationToken">Ends the test of an unknown prime.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidKey"/>: not such a key. <see cref="StationFault.WrongPassphrase"/>.
    /// <see cref="StationFault.InvalidParameter"/>: the group or the private value is not acceptable.
    /// </exception>
    public static DhKeyPair Import(
        ReadOnlySpan<byte> pemOrDer,
        ReadOnlySpan<char> passphrase = default,
        DhPolicy? policy = null,
        CancellationToken cancellationToken = default) =>
        DhKeyEncoding.ReadPrivate(pemOrDer, passphrase, policy, cancellationToken);

    /// <summary>PKCS#8 in DER, not encrypted. The caller zeroes it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: X9.42 of an X25519 key, or of a generator of order 2q.</exception>
    public byte[] ExportPkcs8(DhKeyFormat format = DhKeyFormat.Pkcs3) => DhKeyEncoding.WritePrivate(this, format);

    /// <summary>PKCS#8 as the bytes (ASCII) of a PEM file, encrypted unless the passphrase is empty. The caller zeroes it.</summary>
    /// <inheritdoc cref="ExportPkcs8" path="/exception"/>
    public byte[] ExportPem(ReadOnlySpan<char> passphrase = default, DhKeyFormat format = DhKeyFormat.Pkcs3) => DhKeyEncoding.WritePrivatePem(this, passphrase, format);

    /// <summary>The key pair of an X25519 private key; the array becomes the key pair's own.</summary>
    internal static DhKeyPair FromX25519(byte[] ownedPrivateKey) =>
        new(DhPublicKey.OfX25519(ownedPrivateKey), ownedPrivateKey);

    /// <summary>The key pair of a private exponent; the array becomes the key pair's own.</summary>
    internal static DhKeyPair FromExponent(DhParameter parameter, byte[] ownedExponent) =>
        new(DhPublicKey.OfExponent(parameter, ownedExponent), ownedExponent);

    /// <summary>Zeroes the private key. Agreements after that throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _privateKey.Dispose();

    /// <summary>The group and a digest of the public value; never anything of the private key.</summary>
    public override string ToString() => PublicKey.ToString();

    /// <summary>The private exponent, unsigned big-endian, or the 32 bytes of X25519, in a buffer that the caller zeroes.</summary>
    internal byte[] CopyPrivateKey() => _privateKey.ToArray();
}
