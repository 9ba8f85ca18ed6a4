using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.DiffieHellman.Arithmetic;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Core.DiffieHellman;

/// <summary>The files of Diffie-Hellman keys: SubjectPublicKeyInfo (RFC 5280) and PKCS#8 (RFC 5958).</summary>
/// <remarks>
/// <code>
/// SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier, BIT STRING }
/// OneAsymmetricKey     ::= SEQUENCE { INTEGER 0 or 1, AlgorithmIdentifier, OCTET STRING, [0] attributes OPTIONAL, [1] public key OPTIONAL }
/// </code>
/// The strings hold INTEGER y and INTEGER x in a finite field; of X25519, 32 bytes and an OCTET STRING of 32 bytes (RFC 8410).
/// </remarks>
internal static class DhKeyEncoding
{
    internal static DhPublicKey ReadPublic(ReadOnlySpan<byte> pemOrDer, DhParameter? expected, DhPolicy? policy, CancellationToken cancellationToken)
    {
        KeyPem.RequireSize(pemOrDer.Length);
        byte[] der = DhPem.IsDer(pemOrDer) ? pemOrDer.ToArray() : KeyPem.FindPublicKey(KeyFile.DecodeText(pemOrDer));
        DhParameter? parameter;
        BigInteger value;
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            AsnReader info = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            parameter = DhAlgorithmIdentifier.Read(info);
            byte[] bits = info.ReadBitString(out int unusedBits);
            info.ThrowIfNotEmpty();
            if (unusedBits != 0)
            {
                throw new AsnContentException("The public value is no whole number of bytes.");
            }

            if (parameter is null)
            {
                RequireNoneExpected(expected);
                return DhPublicKey.FromX25519(bits);
            }

            var integer = new AsnReader(bits, AsnEncodingRules.DER);
            value = integer.ReadInteger();
            integer.ThrowIfNotEmpty();
        }
        catch (AsnContentException malformed)
        {
            throw KeyErrors.Invalid("The file holds no Diffie-Hellman public key in DER.", malformed);
        }

        return DhPublicKey.FromValue(Reconcile(parameter, expected), value, policy, cancellationToken);
    }

    internal static byte[] WritePublic(DhPublicKey key, DhKeyFormat format)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            DhAlgorithmIdentifier.Write(writer, key.Parameter, format);
            if (key.Value is not { } value)
            {
                writer.WriteBitString(key.Encoded);
            }
            else
            {
                var integer = new AsnWriter(AsnEncodingRules.DER);
                integer.WriteInteger(value);
                writer.WriteBitString(integer.Encode());
            }
        }

        return writer.Encode();
    }

    internal static DhKeyPair ReadPrivate(ReadOnlySpan<byte> pemOrDer, ReadOnlySpan<char> passphrase, DhPolicy? policy, CancellationToken cancellationToken)
    {
        KeyPem.RequireSize(pemOrDer.Length);
        if (DhPem.IsDer(pemOrDer))
        {
            return ReadPrivate(pemOrDer.ToArray(), policy, cancellationToken);
        }

        char[] text = KeyFile.DecodeText(pemOrDer);
        byte[] found = [];
        try
        {
            found = KeyPem.FindPrivateKey(text, out bool isEncrypted);
            return ReadPrivate(isEncrypted ? Pkcs8.Decrypt(found, passphrase) : [.. found], policy, cancellationToken);
        }
        finally
        {
            Array.Clear(text);
            CryptographicOperations.ZeroMemory(found);
        }
    }

    /// <summary>PKCS#8 in DER; the caller zeroes it.</summary>
    internal static byte[] WritePrivate(DhKeyPair key, DhKeyFormat format)
    {
        DhAlgorithmIdentifier.RequireWritable(key.Parameter, format);

        // The capacities hold all of it, so that no copy is left behind by growing; Reset zeroes.
        byte[] privateKey = key.CopyPrivateKey();
        var inner = new AsnWriter(AsnEncodingRules.DER, initialCapacity: privateKey.Length + 16);
        if (key.Algorithm == DhAlgorithm.X25519)
        {
            inner.WriteOctetString(privateKey);
        }
        else
        {
            inner.WriteIntegerUnsigned(privateKey);
        }

        byte[] encodedInner = inner.Encode();
        var writer = new AsnWriter(AsnEncodingRules.DER, initialCapacity: 8 * DhParameter.MaximumBits / 8);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            DhAlgorithmIdentifier.Write(writer, key.Parameter, format);
            writer.WriteOctetString(encodedInner);
        }

        byte[] encoded = writer.Encode();
        inner.Reset();
        writer.Reset();
        CryptographicOperations.ZeroMemory(encodedInner);
        CryptographicOperations.ZeroMemory(privateKey);
        return encoded;
    }

    /// <summary>PKCS#8 in PEM (ASCII), encrypted unless the passphrase is empty; the caller zeroes it.</summary>
    internal static byte[] WritePrivatePem(DhKeyPair key, ReadOnlySpan<char> passphrase, DhKeyFormat format)
    {
        byte[] pkcs8 = WritePrivate(key, format);
        char[]? text = null;
        try
        {
            text = passphrase.IsEmpty
                ? PemEncoding.Write(KeyPem.PrivateKeyLabel, pkcs8)
                : PemEncoding.Write(KeyPem.EncryptedPrivateKeyLabel, Pkcs8.Encrypt(pkcs8, passphrase));
            byte[] pem = new byte[text.Length + 1];
            Encoding.ASCII.GetBytes(text, pem);
            pem[^1] = (byte)'\n';
            return pem;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
            text.AsSpan().Clear();
        }
    }

    private static DhKeyPair ReadPrivate(byte[] ownedPkcs8, DhPolicy? policy, CancellationToken cancellationToken)
    {
        byte[] privateKey = [];
        try
        {
            DhParameter? parameter = ReadOneAsymmetricKey(ownedPkcs8, out privateKey);
            return parameter is null ? DhKeyPair.FromX25519(privateKey) : KeyPairOf(parameter, privateKey, policy, cancellationToken);
        }
        catch (Exception failure)
        {
            CryptographicOperations.ZeroMemory(privateKey);
            throw failure is AsnContentException ? KeyErrors.Invalid("The file holds no Diffie-Hellman private key in DER.", failure) : failure;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(ownedPkcs8);
        }
    }

    private static DhParameter? ReadOneAsymmetricKey(byte[] pkcs8, out byte[] privateKey)
    {
        var reader = new AsnReader(pkcs8, AsnEncodingRules.DER);
        AsnReader info = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        if (!info.TryReadInt32(out int version) || version is not (0 or 1))
        {
            throw new AsnContentException("The private key is of an unknown version of PKCS#8.");
        }

        DhParameter? parameter = DhAlgorithmIdentifier.Read(info);
        if (!info.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> octets))
        {
            throw new AsnContentException("The private key is no octet string.");
        }

        // What may follow says nothing that the private key does not.
        for (int tag = 0; tag <= 1; tag++)
        {
            if (info.HasData && info.PeekTag() is { TagClass: TagClass.ContextSpecific } next && next.TagValue == tag)
            {
                info.ReadEncodedValue();
            }
        }

        info.ThrowIfNotEmpty();
        var inner = new AsnReader(octets, AsnEncodingRules.DER);
        privateKey = parameter is null ? inner.ReadOctetString() : ReadExponent(inner);
        inner.ThrowIfNotEmpty();
        return parameter;
    }

    private static DhKeyPair KeyPairOf(DhParameter parameter, byte[] exponent, DhPolicy? policy, CancellationToken cancellationToken)
    {
        if (exponent.ToUnsignedInteger() is var x && (x < 2 || x > parameter.Prime - 2))
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
    private static byte[] ReadExponent(AsnReader reader)
    {
        ReadOnlySpan<byte> integer = reader.ReadIntegerBytes().Span;
        if ((integer[0] & 0x80) != 0)
        {
            throw new AsnContentException("The private value is negative.");
        }

        return (integer.Length > 1 && integer[0] == 0 ? integer[1..] : integer).ToArray();
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

    private static void RequireNoneExpected(DhParameter? expected)
    {
        if (expected is not null)
        {
            throw new StationException(StationFault.InvalidParameter, "The Diffie-Hellman key is an X25519 key; one of the finite-field group agreed on is wanted.");
        }
    }
}
