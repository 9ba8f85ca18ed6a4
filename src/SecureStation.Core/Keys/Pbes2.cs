using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;

namespace SecureStation.Core.Keys;

/// <summary>
/// Encryption of private keys under a passphrase: PBES2 with PBKDF2 and AES-CBC (RFC 8018, 6.2), over the BCL's primitives.
/// The BCL can read such files itself, but not Ed25519 ones, and it runs as many rounds as a file asks for (2^31);
/// the parameters must be read first either way, and doing the rest here lets every buffer be zeroed.
/// </summary>
internal sealed record Pbes2
{
    /// <summary>The rounds of PBKDF2-HMAC-SHA256 for files that we write.</summary>
    public const int WrittenIterations = 600_000;

    /// <summary>The most rounds that a file may ask for: a second or two of work for each guess.</summary>
    public const int MaxIterations = 2_000_000;

    private const int BlockSize = 16;

    public required ReadOnlyMemory<byte> Salt { get; init; }

    public required int Iterations { get; init; }

    public required HashAlgorithmName Prf { get; init; }

    /// <summary>The size of the AES key in bytes: 16, 24 or 32.</summary>
    public required int KeySize { get; init; }

    public required ReadOnlyMemory<byte> Iv { get; init; }

    /// <summary>The parameters for a new file: fresh salt and IV, our rounds, HMAC-SHA256, AES-256.</summary>
    public static Pbes2 Create() => new()
    {
        Salt = RandomNumberGenerator.GetBytes(16),
        Iterations = WrittenIterations,
        Prf = HashAlgorithmName.SHA256,
        KeySize = 32,
        Iv = RandomNumberGenerator.GetBytes(BlockSize),
    };

    /// <summary>Reads the AlgorithmIdentifier of an EncryptedPrivateKeyInfo. Nothing costly happens here.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another scheme, or too many rounds.</exception>
    /// <exception cref="AsnContentException">Malformed.</exception>
    //
    // AlgorithmIdentifier ::= SEQUENCE {
    //     OID PBES2,
    //     SEQUENCE {
    //         keyDerivationFunc  SEQUENCE { OID PBKDF2, SEQUENCE {
    //             salt            OCTET STRING,
    //             iterationCount  INTEGER,
    //             keyLength       INTEGER OPTIONAL,
    //             prf             AlgorithmIdentifier DEFAULT hmacWithSHA1 } },
    //         encryptionScheme   SEQUENCE { OID aesNNN-CBC, OCTET STRING iv } } }
    public static Pbes2 Read(AsnReader algorithmIdentifier)
    {
        string scheme = algorithmIdentifier.ReadObjectIdentifier();
        if (scheme != KeyOids.Pbes2)
        {
            throw Unsupported($"with scheme {scheme}");
        }

        AsnReader parameters = algorithmIdentifier.ReadSequence();
        algorithmIdentifier.ThrowIfNotEmpty();
        AsnReader kdf = parameters.ReadSequence();
        AsnReader encryption = parameters.ReadSequence();
        parameters.ThrowIfNotEmpty();

        string kdfOid = kdf.ReadObjectIdentifier();
        if (kdfOid != KeyOids.Pbkdf2)
        {
            throw Unsupported(kdfOid == KeyOids.Scrypt ? "with scrypt" : $"with key derivation {kdfOid}");
        }

        AsnReader pbkdf2 = kdf.ReadSequence();
        kdf.ThrowIfNotEmpty();
        byte[] salt = pbkdf2.ReadOctetString();
        if (!pbkdf2.TryReadInt32(out int iterations) || iterations is < 1 or > MaxIterations)
        {
            throw KeyErrors.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"The key file asks for more than {MaxIterations:N0} rounds of PBKDF2, or none. Convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in FILE -out NEWFILE"),
                subject: StationSubject.KeyDerivation);
        }

        int? keyLength = null;
        if (pbkdf2.HasData && pbkdf2.PeekTag() == Asn1Tag.Integer)
        {
            keyLength = pbkdf2.TryReadInt32(out int length) ? length : 0;
        }

        HashAlgorithmName prf = pbkdf2.HasData ? ReadPrf(pbkdf2.ReadSequence()) : HashAlgorithmName.SHA1;
        pbkdf2.ThrowIfNotEmpty();

        string cipher = encryption.ReadObjectIdentifier();
        int keySize = cipher switch
        {
            KeyOids.Aes128Cbc => 16,
            KeyOids.Aes192Cbc => 24,
            KeyOids.Aes256Cbc => 32,
            _ => throw Unsupported($"with cipher {cipher}"),
        };
        byte[] iv = encryption.ReadOctetString();
        encryption.ThrowIfNotEmpty();
        if (iv.Length != BlockSize || (keyLength is not null && keyLength != keySize))
        {
            throw KeyErrors.Invalid("The key file's encryption parameters contradict one another.");
        }

        return new Pbes2 { Salt = salt, Iterations = iterations, Prf = prf, KeySize = keySize, Iv = iv };
    }

    /// <summary>Writes the AlgorithmIdentifier that <see cref="Read"/> reads.</summary>
    public void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(KeyOids.Pbes2);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(KeyOids.Pbkdf2);
                    using (writer.PushSequence())
                    {
                        writer.WriteOctetString(Salt.Span);
                        writer.WriteInteger(Iterations);
                        using (writer.PushSequence())
                        {
                            writer.WriteObjectIdentifier(KeyOids.HmacWithSha256);
                            writer.WriteNull();
                        }
                    }
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(KeyOids.Aes256Cbc);
                    writer.WriteOctetString(Iv.Span);
                }
            }
        }
    }

    /// <summary>Encrypts under a passphrase, given as bytes (UTF-8).</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> plaintext)
    {
        using Aes aes = CreateCipher(passphrase);
        return aes.EncryptCbc(plaintext, Iv.Span);
    }

    /// <summary>Decrypts to a buffer that the caller zeroes. Null where the padding is wrong: nearly always another passphrase.</summary>
    public byte[]? Decrypt(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> ciphertext)
    {
        if (ciphertext.Length == 0 || ciphertext.Length % BlockSize != 0)
        {
            throw KeyErrors.Invalid("The encrypted key is cut off.");
        }

        using Aes aes = CreateCipher(passphrase);
        var padded = new byte[ciphertext.Length];
        try
        {
            return aes.TryDecryptCbc(ciphertext, Iv.Span, padded, out int written) ? padded[..written] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    /// <summary>PBKDF2 with these parameters, to any length.</summary>
    internal void DeriveKey(ReadOnlySpan<byte> passphrase, Span<byte> key) =>
        Rfc2898DeriveBytes.Pbkdf2(passphrase, Salt.Span, key, Iterations, Prf);

    private Aes CreateCipher(ReadOnlySpan<byte> passphrase)
    {
        Span<byte> key = stackalloc byte[KeySize];
        try
        {
            DeriveKey(passphrase, key);
            Aes aes = Aes.Create();
            aes.SetKey(key);
            return aes;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static HashAlgorithmName ReadPrf(AsnReader prf)
    {
        string oid = prf.ReadObjectIdentifier();
        if (prf.HasData)
        {
            prf.ReadNull();
        }

        prf.ThrowIfNotEmpty();
        return oid switch
        {
            KeyOids.HmacWithSha1 => HashAlgorithmName.SHA1,
            KeyOids.HmacWithSha256 => HashAlgorithmName.SHA256,
            KeyOids.HmacWithSha384 => HashAlgorithmName.SHA384,
            KeyOids.HmacWithSha512 => HashAlgorithmName.SHA512,
            _ => throw Unsupported($"with pseudo-random function {oid}"),
        };
    }

    private static StationException Unsupported(string how) => KeyErrors.Invalid(
        $"The key is encrypted {how}, which is not read here; convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEWFILE");
}
