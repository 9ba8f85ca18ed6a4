using System.Formats.Asn1;
using System.Security.Cryptography;

namespace SecureStation.Core.Keys;

/// <summary>
/// A station's public identity: an Ed25519, RSA or ECDSA P-256 key as SubjectPublicKeyInfo (RFC 5280, RFC 8410).
/// Immutable and safe for use by many threads.
/// </summary>
public sealed class StationPublicKey : IEquatable<StationPublicKey>
{
    /// <summary>The smallest RSA modulus, in bits.</summary>
    internal const int MinRsaKeySize = 2048;

    /// <summary>The largest RSA modulus, in bits.</summary>
    internal const int MaxRsaKeySize = 8192;

    // An RSA key of 8192 bits takes 1,062 bytes.
    private const int MaxEncodedSize = 2048;

    // An RSA signature of 8192 bits.
    private const int MaxSignatureSize = 1024;

    private readonly byte[] _spki;

    private StationPublicKey(StationKeyAlgorithm algorithm, int keySize, byte[] spki)
    {
        Algorithm = algorithm;
        KeySize = keySize;
        _spki = spki;
        Fingerprint = Fingerprint.Of(spki);
    }

    /// <summary>The kind of key.</summary>
    public StationKeyAlgorithm Algorithm { get; }

    /// <summary>The size in bits: 256 for Ed25519 and P-256, the modulus for RSA.</summary>
    public int KeySize { get; }

    /// <summary>SHA-256 over <see cref="SubjectPublicKeyInfo"/>.</summary>
    public Fingerprint Fingerprint { get; }

    /// <summary>The key as SubjectPublicKeyInfo DER.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => _spki;

    /// <summary>
    /// Reads SubjectPublicKeyInfo DER. Only the one canonical encoding of a key is taken: two encodings would be
    /// two fingerprints of one key.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: malformed, another kind or size of key, or a weak one.</exception>
    public static StationPublicKey FromSubjectPublicKeyInfo(ReadOnlySpan<byte> spki)
    {
        if (spki.Length > MaxEncodedSize)
        {
            throw KeyErrors.Invalid($"A public key of {spki.Length} bytes is too large; the largest allowed is {MaxEncodedSize}.");
        }

        byte[] input = spki.ToArray();
        (StationKeyAlgorithm algorithm, int keySize, byte[] canonical) = Parse(input);
        if (!input.AsSpan().SequenceEqual(canonical))
        {
            // The BCL also takes trailing bytes, compressed points and other forms of one and the same key.
            throw KeyErrors.Invalid("The public key is not in its canonical DER encoding.");
        }

        return new StationPublicKey(algorithm, keySize, canonical);
    }

    /// <summary>Reads a PEM text with one <c>PUBLIC KEY</c> block.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: no such block, several, or not a key for a station.</exception>
    public static StationPublicKey FromPem(ReadOnlySpan<char> pem) => FromSubjectPublicKeyInfo(KeyPem.FindPublicKey(pem));

    /// <summary>The key as PEM text: one <c>PUBLIC KEY</c> block that ends in a line feed.</summary>
    public string ToPem() => PemEncoding.WriteString(KeyPem.PublicKeyLabel, _spki) + "\n";

    /// <summary>Reads the line of an OpenSSH public key: <c>ssh-ed25519 AAAA… comment</c>.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: malformed, or not a key for a station.</exception>
    public static StationPublicKey FromOpenSsh(ReadOnlySpan<char> line) => OpenSshPublicKey.Parse(line);

    /// <summary>The key as OpenSSH's line (RFC 4253, 6.6), without a comment: what authorized_keys and known_hosts hold.</summary>
    public string ToOpenSsh() => $"{OpenSshPublicKey.TypeOf(Algorithm)} {Convert.ToBase64String(OpenSshPublicKey.WriteBlob(this))}";

    /// <summary>A copy of the SubjectPublicKeyInfo DER.</summary>
    public byte[] ToBytes() => (byte[])_spki.Clone();

    /// <summary>The SubjectPublicKeyInfo DER as lower-case hexadecimal digits.</summary>
    public string ToHex() => Convert.ToHexStringLower(_spki);

    /// <summary>
    /// Whether this key made the signature for this purpose over these bytes. False, never an exception, for malformed signatures.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no such purpose.</exception>
    public bool Verify(SignaturePurpose purpose, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        byte[] input = SignatureInput.Build(purpose, data);
        return signature.Length <= MaxSignatureSize && VerifyInput(input, signature);
    }

    /// <summary>A key in our own encoding that <see cref="StationKeyPair"/> has just made.</summary>
    internal static StationPublicKey FromEd25519(byte[] publicKey)
    {
        if (!Ed25519.IsAcceptable(publicKey))
        {
            throw KeyErrors.Invalid("The Ed25519 public key is of small order, not canonical, or not a point of the curve.");
        }

        return new StationPublicKey(StationKeyAlgorithm.Ed25519, 256, EncodeEd25519(publicKey));
    }

    /// <summary>Verifies over bytes that hold purpose and data already: what the published test vectors need.</summary>
    internal bool VerifyInput(byte[] input, ReadOnlySpan<byte> signature)
    {
        try
        {
            switch (Algorithm)
            {
                case StationKeyAlgorithm.Ed25519:
                    return Ed25519.Verify(_spki.AsSpan(_spki.Length - Ed25519.PublicKeySize), input, signature);
                case StationKeyAlgorithm.Rsa:
                    using (RSA rsa = RSA.Create())
                    {
                        rsa.ImportSubjectPublicKeyInfo(_spki, out _);
                        return rsa.VerifyData(input, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                    }

                default:
                    using (ECDsa ecdsa = ECDsa.Create())
                    {
                        ecdsa.ImportSubjectPublicKeyInfo(_spki, out _);
                        return IsEcdsaSignature(signature.ToArray()) && ecdsa.VerifyData(input, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
                    }
            }
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public bool Equals(StationPublicKey? other) => other is not null && _spki.AsSpan().SequenceEqual(other._spki);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StationPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Fingerprint.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Fingerprint.ToString();

    // Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }, both positive (RFC 3279, 2.2.3). The BCL also takes an integer whose
    // leading zero is missing, so that there were two forms of one signature.
    private static bool IsEcdsaSignature(byte[] signature)
    {
        var outer = new AsnReader(signature, AsnEncodingRules.DER);
        AsnReader sequence = outer.ReadSequence();
        bool arePositive = sequence.ReadInteger().Sign > 0 && sequence.ReadInteger().Sign > 0;
        return arePositive && !sequence.HasData && !outer.HasData;
    }

    // SubjectPublicKeyInfo ::= SEQUENCE {
    //     algorithm         SEQUENCE { OID, parameters },
    //     subjectPublicKey  BIT STRING }
    // parameters: none for Ed25519, NULL for RSA, the curve's OID for ECDSA.
    private static (StationKeyAlgorithm Algorithm, int KeySize, byte[] Canonical) Parse(byte[] spki)
    {
        try
        {
            AsnReader algorithm = new AsnReader(spki, AsnEncodingRules.DER).ReadSequence().ReadSequence();
            string oid = algorithm.ReadObjectIdentifier();
            switch (oid)
            {
                case KeyOids.Ed25519:
                    return ParseEd25519(spki);
                case KeyOids.RsaEncryption:
                    return ParseRsa(spki);
                case KeyOids.EcPublicKey:
                    KeyErrors.RequireP256(algorithm);
                    return ParseEcdsa(spki);
                default:
                    throw KeyErrors.UnknownAlgorithm(oid);
            }
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw KeyErrors.Invalid("The public key is not a well-formed SubjectPublicKeyInfo.", e);
        }
    }

    private static (StationKeyAlgorithm, int, byte[]) ParseEd25519(byte[] spki)
    {
        AsnReader sequence = new AsnReader(spki, AsnEncodingRules.DER).ReadSequence();
        sequence.ReadSequence();
        byte[] publicKey = sequence.ReadBitString(out int unusedBits);
        if (unusedBits != 0 || publicKey.Length != Ed25519.PublicKeySize)
        {
            throw KeyErrors.Invalid($"An Ed25519 public key is {Ed25519.PublicKeySize} bytes.");
        }

        if (!Ed25519.IsAcceptable(publicKey))
        {
            throw KeyErrors.Invalid("The Ed25519 public key is of small order, not canonical, or not a point of the curve.");
        }

        return (StationKeyAlgorithm.Ed25519, 256, EncodeEd25519(publicKey));
    }

    private static (StationKeyAlgorithm, int, byte[]) ParseRsa(byte[] spki)
    {
        using RSA rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(spki, out _);
        KeyErrors.RequireRsaParameters(rsa);
        return (StationKeyAlgorithm.Rsa, rsa.KeySize, rsa.ExportSubjectPublicKeyInfo());
    }

    private static (StationKeyAlgorithm, int, byte[]) ParseEcdsa(byte[] spki)
    {
        using ECDsa ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(spki, out _);
        return (StationKeyAlgorithm.EcdsaP256, ecdsa.KeySize, ecdsa.ExportSubjectPublicKeyInfo());
    }

    private static byte[] EncodeEd25519(byte[] publicKey)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(KeyOids.Ed25519);
            }

            writer.WriteBitString(publicKey);
        }

        return writer.Encode();
    }
}
