using System.Formats.Asn1;
using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// X25519 keys as files have them (RFC 8410), in DER or PEM:
/// <code>
/// SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { OID 1.3.101.110 }, BIT STRING (32 bytes) }
///
/// OneAsymmetricKey ::= SEQUENCE {                               -- PKCS#8, RFC 5958
///     version        INTEGER (0, or 1 with a public key),
///     algorithm      SEQUENCE { OID 1.3.101.110 },
///     privateKey     OCTET STRING { OCTET STRING (32 bytes) },
///     attributes [0] SET OPTIONAL,                              -- ignored
///     publicKey  [1] BIT STRING (32 bytes) OPTIONAL }           -- must be that of the private key
/// </code>
/// Strict: DER only, no parameters, no trailing bytes, 64 KiB at most.
/// </summary>
internal static class X25519KeyEncoding
{
    public const string Oid = "1.3.101.110";
    public const string PublicKeyLabel = "PUBLIC KEY";
    public const string PrivateKeyLabel = "PRIVATE KEY";
    public const int MaxLength = 64 * 1024;

    private static readonly Asn1Tag s_attributes = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag s_publicKey = new(TagClass.ContextSpecific, 1);

    /// <summary>Writes a 32-byte public key as SubjectPublicKeyInfo.</summary>
    public static byte[] WritePublicKey(ReadOnlySpan<byte> publicKey)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteAlgorithm(writer);
            writer.WriteBitString(publicKey);
        }

        return writer.Encode();
    }

    /// <summary>Writes a 32-byte private key as PKCS#8, without its public key, as OpenSSL does. The result is the caller's to zero.</summary>
    public static byte[] WritePrivateKey(ReadOnlySpan<byte> privateKey)
    {
        Span<byte> inner = stackalloc byte[2 + X25519.KeyLength];
        inner[0] = 0x04; // OCTET STRING
        inner[1] = X25519.KeyLength;
        privateKey.CopyTo(inner[2..]);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            WriteAlgorithm(writer);
            writer.WriteOctetString(inner);
        }

        byte[] encoded = writer.Encode();
        CryptographicOperations.ZeroMemory(inner);
        writer.Reset(); // zeroes its buffer
        return encoded;
    }

    /// <summary>Reads the 32-byte public key of a SubjectPublicKeyInfo.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: it is not one of an X25519 key.</exception>
    public static byte[] ReadPublicKey(ReadOnlyMemory<byte> subjectPublicKeyInfo) => Read(subjectPublicKeyInfo, PublicKeyLabel, sequence =>
    {
        ReadAlgorithm(sequence);
        byte[] key = ReadBitString(sequence, null);
        sequence.ThrowIfNotEmpty();
        return key;
    });

    /// <summary>Reads the 32-byte private key of an unencrypted PKCS#8 structure. The result is the caller's to zero.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: it is not one of an X25519 key.</exception>
    public static byte[] ReadPrivateKey(ReadOnlyMemory<byte> pkcs8) => Read(pkcs8, PrivateKeyLabel, sequence =>
    {
        if (!sequence.TryReadInt32(out int version) || version is not (0 or 1))
        {
            throw new AsnContentException("The version is neither 0 nor 1.");
        }

        ReadAlgorithm(sequence);
        byte[] key = new byte[X25519.KeyLength];
        byte[] inner = sequence.ReadOctetString();
        try
        {
            var octets = new AsnReader(inner, AsnEncodingRules.DER);
            if (!octets.TryReadOctetString(key, out int length) || length != key.Length)
            {
                throw new AsnContentException($"A private key has {X25519.KeyLength} bytes.");
            }

            octets.ThrowIfNotEmpty();
            if (sequence.HasData && sequence.PeekTag() == s_attributes)
            {
                sequence.ReadEncodedValue();
            }

            if (version == 1 && sequence.HasData)
            {
                using var pair = NoiseKeyPair.FromPrivateKey(key);
                if (!pair.PublicKey.SequenceEqual(ReadBitString(sequence, s_publicKey)))
                {
                    throw new AsnContentException("The public key is another's.");
                }
            }

            sequence.ThrowIfNotEmpty();
            return key;
        }
        catch
        {
            CryptographicOperations.ZeroMemory(key);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(inner);
        }
    });

    /// <summary>Reads the 32-byte public key of a <c>PUBLIC KEY</c> PEM text.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: it is not one of an X25519 key.</exception>
    public static byte[] ReadPublicKeyPem(ReadOnlySpan<char> pem) => ReadPublicKey(ReadPem(pem, PublicKeyLabel));

    /// <summary>Reads the 32-byte private key of an unencrypted <c>PRIVATE KEY</c> PEM text. The result is the caller's to zero.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: it is not one of an X25519 key.</exception>
    public static byte[] ReadPrivateKeyPem(ReadOnlySpan<char> pem)
    {
        byte[] pkcs8 = ReadPem(pem, PrivateKeyLabel);
        try
        {
            return ReadPrivateKey(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static byte[] Read(ReadOnlyMemory<byte> encoded, string label, Func<AsnReader, byte[]> readBody)
    {
        CheckLength(encoded.Length);
        try
        {
            var reader = new AsnReader(encoded, AsnEncodingRules.DER);
            AsnReader sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            return readBody(sequence);
        }
        catch (AsnContentException e)
        {
            throw new StationException(StationFault.InvalidKey, $"This is not the {label} of an X25519 key: {e.Message}", e);
        }
    }

    private static byte[] ReadPem(ReadOnlySpan<char> pem, string label)
    {
        CheckLength(pem.Length);
        if (!PemEncoding.TryFind(pem, out PemFields fields) || !pem[fields.Label].SequenceEqual(label))
        {
            throw new StationException(StationFault.InvalidKey, $"There is no '{label}' PEM block.");
        }

        byte[] data = new byte[fields.DecodedDataLength];
        // TryFind has checked the base64 already.
        Convert.TryFromBase64Chars(pem[fields.Base64Data], data, out _);
        return data;
    }

    private static void CheckLength(int length)
    {
        if (length > MaxLength)
        {
            throw new StationException(StationFault.InvalidKey, $"A key has at most {MaxLength} bytes, not {length}.");
        }
    }

    private static void WriteAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
        }
    }

    private static void ReadAlgorithm(AsnReader reader)
    {
        AsnReader algorithm = reader.ReadSequence();
        if (algorithm.ReadObjectIdentifier() != Oid)
        {
            throw new AsnContentException("The algorithm is another.");
        }

        algorithm.ThrowIfNotEmpty();
    }

    private static byte[] ReadBitString(AsnReader reader, Asn1Tag? tag)
    {
        byte[] bits = reader.ReadBitString(out int unusedBits, tag);
        return unusedBits == 0 && bits.Length == X25519.KeyLength
            ? bits
            : throw new AsnContentException($"A public key has {X25519.KeyLength} bytes.");
    }
}
