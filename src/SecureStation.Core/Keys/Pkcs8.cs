using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Core.Keys;

/// <summary>
/// Private keys as PKCS#8 (RFC 5958), plain and encrypted. Reads to and writes from <see cref="PrivateKey"/>; buffers that
/// held a key are zeroed here, and those returned are zeroed by the caller.
/// </summary>
internal static class Pkcs8
{
    /// <summary>Reads a PrivateKeyInfo.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    //
    // OneAsymmetricKey ::= SEQUENCE {
    //     version          INTEGER (0, or 1 with a public key),
    //     algorithm        SEQUENCE { OID, parameters },
    //     privateKey       OCTET STRING,      -- what is in it depends on the algorithm
    //     attributes   [0] SET OPTIONAL,
    //     publicKey    [1] BIT STRING OPTIONAL }
    public static PrivateKey Read(byte[] pkcs8)
    {
        try
        {
            var outer = new AsnReader(pkcs8, AsnEncodingRules.DER);
            AsnReader info = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            if (!info.TryReadInt32(out int version) || version is not (0 or 1))
            {
                throw KeyErrors.Invalid("The private key is of an unknown version of PKCS#8.");
            }

            AsnReader algorithm = info.ReadSequence();
            string oid = algorithm.ReadObjectIdentifier();
            switch (oid)
            {
                case KeyOids.Ed25519:
                    algorithm.ThrowIfNotEmpty();
                    return ReadEd25519(info);
                case KeyOids.RsaEncryption:
                    return ReadRsa(pkcs8);
                case KeyOids.EcPublicKey:
                    KeyErrors.RequireP256(algorithm);
                    return ReadEcdsa(pkcs8);
                default:
                    throw KeyErrors.UnknownAlgorithm(oid);
            }
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw KeyErrors.Invalid("The private key is not well-formed PKCS#8.", e);
        }
    }

    /// <summary>Reads an EncryptedPrivateKeyInfo.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidKey"/>: malformed, or encrypted in a way not read here;
    /// <see cref="StationFault.WrongPassphrase"/>: no passphrase, or not the one.
    /// </exception>
    //
    // EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, OCTET STRING }
    public static PrivateKey ReadEncrypted(byte[] encrypted, ReadOnlySpan<char> passphrase)
    {
        byte[] pkcs8 = Decrypt(encrypted, passphrase);
        try
        {
            return Read(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Decrypts an EncryptedPrivateKeyInfo to the PrivateKeyInfo in it, which the caller zeroes.</summary>
    /// <exception cref="StationException">As <see cref="ReadEncrypted"/>.</exception>
    public static byte[] Decrypt(byte[] encrypted, ReadOnlySpan<char> passphrase)
    {
        Pbes2 encryption;
        byte[] ciphertext;
        try
        {
            var outer = new AsnReader(encrypted, AsnEncodingRules.DER);
            AsnReader sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            encryption = Pbes2.Read(sequence.ReadSequence());
            ciphertext = sequence.ReadOctetString();
            sequence.ThrowIfNotEmpty();
        }
        catch (AsnContentException e)
        {
            throw KeyErrors.Invalid("The encrypted private key is not well-formed.", e);
        }

        if (passphrase.IsEmpty)
        {
            throw new StationException(StationFault.WrongPassphrase, "The private key is encrypted; it needs its passphrase.");
        }

        byte[] passphraseBytes = EncodePassphrase(passphrase);
        byte[]? pkcs8 = null;
        try
        {
            pkcs8 = encryption.Decrypt(passphraseBytes, ciphertext);

            // One wrong passphrase in 256 leaves padding that looks right, and then noise instead of a key.
            if (pkcs8 is null || !LooksLikePkcs8(pkcs8))
            {
                CryptographicOperations.ZeroMemory(pkcs8);
                throw new StationException(StationFault.WrongPassphrase, "The passphrase does not open the private key.");
            }

            return pkcs8;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphraseBytes);
        }
    }

    /// <summary>Encrypts a PrivateKeyInfo: PBES2, PBKDF2-HMAC-SHA256 with 600,000 rounds, AES-256-CBC.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> pkcs8, ReadOnlySpan<char> passphrase)
    {
        byte[] passphraseBytes = EncodePassphrase(passphrase);
        try
        {
            Pbes2 encryption = Pbes2.Create();
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                encryption.Write(writer);
                writer.WriteOctetString(encryption.Encrypt(passphraseBytes, pkcs8));
            }

            return writer.Encode();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphraseBytes);
        }
    }

    /// <summary>Writes the PrivateKeyInfo of an Ed25519 seed (RFC 8410, 7).</summary>
    public static byte[] WriteEd25519(ReadOnlySpan<byte> seed)
    {
        // The capacity holds all of it (48 bytes), so that no copy of the seed is left behind by growing; Reset zeroes.
        var writer = new AsnWriter(AsnEncodingRules.DER, initialCapacity: 64);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(KeyOids.Ed25519);
            }

            // CurvePrivateKey: an OCTET STRING inside the OCTET STRING.
            using (writer.PushOctetString())
            {
                writer.WriteOctetString(seed);
            }
        }

        byte[] pkcs8 = writer.Encode();
        writer.Reset();
        return pkcs8;
    }

    private static PrivateKey ReadEd25519(AsnReader info)
    {
        byte[] curvePrivateKey = info.ReadOctetString();
        byte[]? seed = null;
        try
        {
            var inner = new AsnReader(curvePrivateKey, AsnEncodingRules.DER);
            seed = inner.ReadOctetString();
            inner.ThrowIfNotEmpty();
            if (seed.Length != Ed25519.SeedSize)
            {
                throw KeyErrors.Invalid($"An Ed25519 private key is {Ed25519.SeedSize} bytes.");
            }

            PrivateKey key = PrivateKey.FromEd25519Seed(seed);
            try
            {
                RequireSamePublicKey(info, key.PublicKey);
            }
            catch
            {
                key.Dispose();
                throw;
            }

            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(curvePrivateKey);
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private static void RequireSamePublicKey(AsnReader info, StationPublicKey derived)
    {
        var attributes = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (info.HasData && info.PeekTag() == attributes)
        {
            info.ReadEncodedValue();
        }

        if (info.HasData)
        {
            byte[] publicKey = info.ReadBitString(out _, new Asn1Tag(TagClass.ContextSpecific, 1));
            if (!derived.SubjectPublicKeyInfo.Span.EndsWith(publicKey) || publicKey.Length != Ed25519.PublicKeySize)
            {
                throw KeyErrors.Invalid("The private key file names another public key than its own.");
            }
        }

        info.ThrowIfNotEmpty();
    }

    private static PrivateKey ReadRsa(byte[] pkcs8)
    {
        RSA rsa = RSA.Create();
        try
        {
            rsa.ImportPkcs8PrivateKey(pkcs8, out _);
            KeyErrors.RequireRsaParameters(rsa);
            return PrivateKey.From(rsa);
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    private static PrivateKey ReadEcdsa(byte[] pkcs8)
    {
        ECDsa ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
            return PrivateKey.From(ecdsa);
        }
        catch
        {
            ecdsa.Dispose();
            throw;
        }
    }

    private static bool LooksLikePkcs8(byte[] pkcs8)
    {
        try
        {
            var outer = new AsnReader(pkcs8, AsnEncodingRules.DER);
            AsnReader info = outer.ReadSequence();
            return !outer.HasData && info.TryReadInt32(out _) && info.ReadSequence().PeekTag() == Asn1Tag.ObjectIdentifier;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static byte[] EncodePassphrase(ReadOnlySpan<char> passphrase)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(passphrase)];
        Encoding.UTF8.GetBytes(passphrase, bytes);
        return bytes;
    }
}
