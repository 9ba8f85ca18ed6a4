using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Core.Keys.OpenSsh;

/// <summary>Private keys in OpenSSH's own format (openssh-key-v1, OpenSSH's PROTOCOL.key): read and written, plain and encrypted.</summary>
//
// "openssh-key-v1" 00
// string  cipher          "none" or one of OpenSshCipher
// string  kdf             "none" or "bcrypt"
// string  kdf options     empty, or: string salt, uint32 rounds
// uint32  1               so many keys
// string  public key
// string  private section, encrypted
// byte[]  tag             of ciphers that have one
//
// The private section:
// uint32  check, uint32 the same again
// the key's fields, string comment
// 01 02 03 ...            to whole blocks
internal static class OpenSshPrivateKey
{
    private const string None = "none";
    private const string Bcrypt = "bcrypt";
    private const int PlainBlockSize = 8;
    private const int MaxSaltSize = 64;
    private const int MaxCommentSize = 1024;
    private const int WrittenSaltSize = 16;

    // The numbers of an RSA key of 8192 bits take 4.5 KiB.
    private const int MaxSectionSize = 8 * 1024;

    private static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    /// <summary>Reads the bytes in an <c>OPENSSH PRIVATE KEY</c> block. The passphrase is not looked at where there is no encryption.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidKey"/>: malformed, of another kind, too many rounds;
    /// <see cref="StationFault.WrongPassphrase"/>: missing or wrong.
    /// </exception>
    public static PrivateKey Read(ReadOnlySpan<byte> blob, ReadOnlySpan<char> passphrase)
    {
        if (!blob.StartsWith(Magic))
        {
            throw OpenSshReader.Malformed();
        }

        var reader = new OpenSshReader(blob[Magic.Length..]);
        string cipherName = reader.ReadName();
        string kdf = reader.ReadName();
        ReadOnlySpan<byte> kdfOptions = reader.ReadString(MaxSaltSize + 8);
        if (reader.ReadUInt32() != 1)
        {
            throw KeyErrors.Invalid("The OpenSSH file holds more than one key, or none.");
        }

        ReadOnlySpan<byte> publicBlob = reader.ReadString(OpenSshPublicKey.MaxBlobSize);
        ReadOnlySpan<byte> section = reader.ReadString(MaxSectionSize);
        StationPublicKey publicKey = OpenSshPublicKey.ReadBlob(publicBlob);
        if (cipherName == None)
        {
            reader.RequireEnd();
            return kdf == None && kdfOptions.IsEmpty
                ? ReadSection(section, PlainBlockSize, publicKey, isEncrypted: false)
                : throw OpenSshReader.Malformed();
        }

        OpenSshCipher cipher = OpenSshCipher.Find(cipherName);
        ReadOnlySpan<byte> tag = reader.ReadBytes(cipher.TagSize);
        reader.RequireEnd();
        if (section.IsEmpty || section.Length % cipher.BlockSize != 0)
        {
            throw OpenSshReader.Malformed();
        }

        byte[] plaintext = Decrypt(cipher, kdf, kdfOptions, section, tag, passphrase);
        try
        {
            return ReadSection(plaintext, cipher.BlockSize, publicKey, isEncrypted: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>Writes the bytes that <see cref="Read"/> reads, in a buffer that the caller zeroes: encrypted unless the passphrase is empty.</summary>
    public static byte[] Write(StationPublicKey publicKey, ReadOnlySpan<byte> pkcs8, ReadOnlySpan<char> passphrase, string comment)
    {
        OpenSshCipher? cipher = passphrase.IsEmpty ? null : OpenSshCipher.Find(OpenSshCipher.Written);
        using var section = new OpenSshWriter(MaxSectionSize);
        WriteSection(section, publicKey, pkcs8, comment, cipher?.BlockSize ?? PlainBlockSize);

        using var file = new OpenSshWriter(2 * MaxSectionSize);
        file.WriteBytes(Magic);
        file.WriteString(cipher?.Name ?? None);
        file.WriteString(cipher is null ? None : Bcrypt);
        if (cipher is null)
        {
            file.WriteString([]);
            file.WriteUInt32(1);
            file.WriteString(OpenSshPublicKey.WriteBlob(publicKey));
            file.WriteString(section.Written);
            return file.Written.ToArray();
        }

        byte[] salt = RandomNumberGenerator.GetBytes(WrittenSaltSize);
        file.WriteUInt32(sizeof(uint) + WrittenSaltSize + sizeof(uint));
        file.WriteString(salt);
        file.WriteUInt32(BcryptKdf.WrittenRounds);
        file.WriteUInt32(1);
        file.WriteString(OpenSshPublicKey.WriteBlob(publicKey));
        byte[] keyAndIv = DeriveKey(cipher, passphrase, salt, BcryptKdf.WrittenRounds);
        try
        {
            file.WriteString(OpenSshCipher.AesCtr(keyAndIv.AsSpan(0, cipher.KeySize), keyAndIv.AsSpan(cipher.KeySize), section.Written));
            return file.Written.ToArray();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyAndIv);
        }
    }

    private static byte[] Decrypt(
        OpenSshCipher cipher, string kdf, ReadOnlySpan<byte> kdfOptions, ReadOnlySpan<byte> section, ReadOnlySpan<byte> tag, ReadOnlySpan<char> passphrase)
    {
        if (kdf != Bcrypt)
        {
            throw KeyErrors.Invalid($"The OpenSSH key is encrypted with the key derivation '{kdf}', which is not read here; OpenSSH writes '{Bcrypt}'.");
        }

        var options = new OpenSshReader(kdfOptions);
        ReadOnlySpan<byte> salt = options.ReadString(MaxSaltSize);
        uint rounds = options.ReadUInt32();
        options.RequireEnd();
        if (salt.IsEmpty || rounds is 0 or > BcryptKdf.MaxRounds)
        {
            throw KeyErrors.Invalid(
                $"The OpenSSH key asks for more than {BcryptKdf.MaxRounds} rounds of bcrypt, or none. ssh-keygen changes that, in place, so work on a copy: ssh-keygen -p -a 100 -f COPY",
                subject: StationSubject.KeyDerivation);
        }

        if (passphrase.IsEmpty)
        {
            throw new StationException(StationFault.WrongPassphrase, "The private key is encrypted; it needs its passphrase.");
        }

        byte[] keyAndIv = DeriveKey(cipher, passphrase, salt, (int)rounds);
        try
        {
            return cipher.Decrypt(keyAndIv, section, tag) ?? throw WrongPassphrase();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyAndIv);
        }
    }

    private static byte[] DeriveKey(OpenSshCipher cipher, ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, int rounds)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(passphrase)];
        byte[] keyAndIv = new byte[cipher.KeySize + cipher.IvSize];
        try
        {
            Encoding.UTF8.GetBytes(passphrase, bytes);
            BcryptKdf.DeriveKey(bytes, salt, rounds, keyAndIv);
            return keyAndIv;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static PrivateKey ReadSection(ReadOnlySpan<byte> section, int blockSize, StationPublicKey publicKey, bool isEncrypted)
    {
        var reader = new OpenSshReader(section);
        if (reader.ReadUInt32() != reader.ReadUInt32())
        {
            throw isEncrypted ? WrongPassphrase() : OpenSshReader.Malformed();
        }

        PrivateKey key = OpenSshPrivateFields.Read(ref reader, publicKey);
        try
        {
            reader.ReadString(MaxCommentSize);
            RequirePadding(reader.Rest, blockSize);
            return section.Length % blockSize == 0 ? key : throw OpenSshReader.Malformed();
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static void RequirePadding(ReadOnlySpan<byte> padding, int blockSize)
    {
        bool isGood = padding.Length < blockSize;
        for (int i = 0; i < padding.Length; i++)
        {
            isGood &= padding[i] == i + 1;
        }

        if (!isGood)
        {
            throw OpenSshReader.Malformed();
        }
    }

    private static void WriteSection(OpenSshWriter section, StationPublicKey publicKey, ReadOnlySpan<byte> pkcs8, string comment, int blockSize)
    {
        Span<byte> check = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(check);
        section.WriteBytes(check);
        section.WriteBytes(check);
        OpenSshPrivateFields.Write(section, publicKey, pkcs8);
        section.WriteString(comment);
        for (byte i = 1; section.Length % blockSize != 0; i++)
        {
            section.WriteBytes([i]);
        }
    }

    private static StationException WrongPassphrase() => new(StationFault.WrongPassphrase, "The passphrase does not open the private key.");
}
