using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using SecureStation.Core.DiffieHellman.Arithmetic;

namespace SecureStation.Core.DiffieHellman;

/// <summary>The files of Diffie-Hellman keys: SubjectPublicKeyInfo (RFC 5280) and PKCS#8 (RFC 5958).</summary>
/// <remarks>
/// <code>
/// SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { OID, parameters }, BIT STRING }
/// PrivateKeyInfo       ::= SEQUENCE { INTEGER 0, SEQUENCE { OID, parameters }, OCTET STRING, [0] attributes OPTIONAL, … }
///   dhKeyAgreement  1.2.840.113549.1.3.1   parameters as PKCS#3; the strings hold INTEGER y, INTEGER x
///   dhpublicnumber  1.2.840.10046.2.1      parameters as X9.42; read only
/// </code>
/// </remarks>
internal static class DhKeyEncoding
{
    internal const string PublicLabel = "PUBLIC KEY";
    internal const string PrivateLabel = "PRIVATE KEY";
    internal const string DhKeyAgreement = "1.2.840.113549.1.3.1";
    internal const string DhPublicNumber = "1.2.840.10046.2.1";

    internal static DhPublicKey ReadPublic(ReadOnlySpan<byte> pemOrDer, DhParameter? expected, DhPolicy? policy, CancellationToken cancellationToken)
    {
        DhFile file = DhFile.Read(pemOrDer, StationFault.InvalidKey);
        if (file.Label is not (null or PublicLabel))
        {
            throw new StationException(StationFault.InvalidKey, $"The file holds '{file.Label}', not '{PublicLabel}'.");
        }

        DhParameter parameter;
        BigInteger value;
        try
        {
            var reader = new AsnReader(file.Der, AsnEncodingRules.DER);
            AsnReader info = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            parameter = ReadAlgorithm(info);
            var bits = new AsnReader(info.ReadBitString(out int unusedBits), AsnEncodingRules.DER);
            value = bits.ReadInteger();
            bits.ThrowIfNotEmpty();
            info.ThrowIfNotEmpty();
            if (unusedBits != 0)
            {
                throw new AsnContentException("The public value is no whole number of bytes.");
            }
        }
        catch (AsnContentException malformed)
        {
            throw new StationException(StationFault.InvalidKey, "The file holds no Diffie-Hellman public key in DER.", malformed);
        }

        return DhPublicKey.FromValue(Reconcile(parameter, expected), value, policy, cancellationToken);
    }

    internal static byte[] WritePublic(DhPublicKey key)
    {
        var value = new AsnWriter(AsnEncodingRules.DER);
        value.WriteInteger(key.Value!.Value);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteAlgorithm(writer, key.Parameter!);
            writer.WriteBitString(value.Encode());
        }

        return writer.Encode();
    }

    internal static DhKeyPair ReadPrivate(byte[] pkcs8, DhPolicy? policy, CancellationToken cancellationToken)
    {
        byte[] exponent = [];
        try
        {
            DhParameter parameter;
            try
            {
                var reader = new AsnReader(pkcs8, AsnEncodingRules.DER);
                AsnReader info = reader.ReadSequence();
                reader.ThrowIfNotEmpty();
                if (!info.TryReadInt32(out int version) || version != 0)
                {
                    throw new AsnContentException("The version of PrivateKeyInfo is not 0.");
                }

                parameter = ReadAlgorithm(info);
                if (!info.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> octets))
                {
                    throw new AsnContentException("The private key is no octet string.");
                }

                exponent = ReadExponent(octets);
                if (info.HasData)
                {
                    info.ReadSetOf(new Asn1Tag(TagClass.ContextSpecific, 0));
                }

                info.ThrowIfNotEmpty();
            }
            catch (AsnContentException malformed)
            {
                throw new StationException(StationFault.InvalidKey, "The file holds no Diffie-Hellman private key in DER.", malformed);
            }

            return KeyPairOf(parameter, exponent, policy, cancellationToken);
        }
        catch
        {
            CryptographicOperations.ZeroMemory(exponent);
            throw;
        }
    }

    /// <summary>PKCS#8 in DER; the caller zeroes it.</summary>
    internal static byte[] WritePrivate(DhKeyPair key)
    {
        var exponent = new AsnWriter(AsnEncodingRules.DER);
        exponent.WriteIntegerUnsigned(key.PrivateKey);
        byte[] encodedExponent = exponent.Encode();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            WriteAlgorithm(writer, key.Parameter!);
            writer.WriteOctetString(encodedExponent);
        }

        byte[] encoded = writer.Encode();

        // Reset zeroes the writers' buffers.
        exponent.Reset();
        writer.Reset();
        CryptographicOperations.ZeroMemory(encodedExponent);
        return encoded;
    }

    private static DhKeyPair KeyPairOf(DhParameter parameter, byte[] exponent, DhPolicy? policy, CancellationToken cancellationToken)
    {
        // Its length first: it costs nothing, and an exponent as long as p is all that p allows.
        if (exponent.Length > parameter.ByteLength || exponent.ToUnsignedInteger() is var x && (x < 2 || x > parameter.Prime - 2))
        {
            throw new StationException(StationFault.InvalidParameter, "The Diffie-Hellman private value is not in 2 … p − 2.");
        }

        parameter.EnsureAcceptable(policy, cancellationToken);
        DhKeyPair keyPair = DhKeyPair.FromExponent(parameter, exponent);
        if (keyPair.PublicKey.Value is { } y && (y < 2 || y > parameter.Prime - 2))
        {
            throw new StationException(StationFault.InvalidParameter, "The Diffie-Hellman private value gives a degenerate public value.");
        }

        return keyPair;
    }

    /// <summary>Reads INTEGER x to its shortest unsigned bytes.</summary>
    private static byte[] ReadExponent(ReadOnlyMemory<byte> octets)
    {
        var reader = new AsnReader(octets, AsnEncodingRules.DER);
        ReadOnlySpan<byte> integer = reader.ReadIntegerBytes().Span;
        reader.ThrowIfNotEmpty();
        if ((integer[0] & 0x80) != 0)
        {
            throw new AsnContentException("The private value is negative.");
        }

        return (integer.Length > 1 && integer[0] == 0 ? integer[1..] : integer).ToArray();
    }

    private static DhParameter ReadAlgorithm(AsnReader info)
    {
        AsnReader algorithm = info.ReadSequence();
        string identifier = algorithm.ReadObjectIdentifier();
        DhParameter parameter = identifier switch
        {
            DhKeyAgreement => DhParameterEncoding.ReadPkcs3(algorithm),
            DhPublicNumber => DhParameterEncoding.ReadX942(algorithm),
            _ => throw new StationException(StationFault.InvalidKey, $"The key is no Diffie-Hellman key: its algorithm is {identifier}."),
        };
        algorithm.ThrowIfNotEmpty();
        return parameter;
    }

    private static void WriteAlgorithm(AsnWriter writer, DhParameter parameter)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(DhKeyAgreement);
            DhParameterEncoding.WritePkcs3(writer, parameter);
        }
    }

    private static DhParameter Reconcile(DhParameter read, DhParameter? expected)
    {
        if (expected is null)
        {
            return read;
        }

        return read.Equals(expected)
            ? expected
            : throw new StationException(StationFault.InvalidParameter, "The Diffie-Hellman key is of another group than the one agreed on.");
    }
}
