using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace SecureStation.Core.Keys.OpenSsh;

/// <summary>The ciphers in which ssh-keygen -Z writes a private key: what they take, and how to open what they closed.</summary>
internal sealed record OpenSshCipher
{
    /// <summary>The cipher of files that we write, and ssh-keygen's own choice.</summary>
    public const string Written = "aes256-ctr";

    private const int TagLength = 16;
    private const int GcmNonceSize = 12;
    private const int AesBlockSize = 16;

    private OpenSshCipher(string name, int keySize, int ivSize, int blockSize, int tagSize) =>
        (Name, KeySize, IvSize, BlockSize, TagSize) = (name, keySize, ivSize, blockSize, tagSize);

    public string Name { get; }

    public int KeySize { get; }

    public int IvSize { get; }

    /// <summary>To whole blocks of this size the plaintext is padded.</summary>
    public int BlockSize { get; }

    /// <summary>The size of the tag behind the ciphertext; 0 where nothing but the two check numbers tells a wrong passphrase.</summary>
    public int TagSize { get; }

    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: none that is read here.</exception>
    public static OpenSshCipher Find(string name) => name switch
    {
        "aes128-ctr" or "aes128-cbc" => new OpenSshCipher(name, 16, AesBlockSize, AesBlockSize, 0),
        "aes192-ctr" or "aes192-cbc" => new OpenSshCipher(name, 24, AesBlockSize, AesBlockSize, 0),
        "aes256-ctr" or "aes256-cbc" => new OpenSshCipher(name, 32, AesBlockSize, AesBlockSize, 0),
        "aes128-gcm@openssh.com" => new OpenSshCipher(name, 16, GcmNonceSize, AesBlockSize, TagLength),
        "aes256-gcm@openssh.com" => new OpenSshCipher(name, 32, GcmNonceSize, AesBlockSize, TagLength),
        "chacha20-poly1305@openssh.com" => new OpenSshCipher(name, 64, 0, 8, TagLength),
        _ => throw KeyErrors.Invalid(
            $"The OpenSSH key is encrypted with '{name}', which is not read here. ssh-keygen changes it, in place, so work on a copy: ssh-keygen -p -Z {Written} -f COPY"),
    };

    /// <summary>Decrypts whole blocks to a buffer that the caller zeroes. Null where a tag is wrong: nearly always another passphrase.</summary>
    /// <param name="keyAndIv">The key and then the IV, as bcrypt_pbkdf gave them.</param>
    /// <param name="ciphertext">Whole blocks.</param>
    /// <param name="tag">As long as <see cref="TagSize"/> says.</param>
    public byte[]? Decrypt(ReadOnlySpan<byte> keyAndIv, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag)
    {
        ReadOnlySpan<byte> key = keyAndIv[..KeySize];
        ReadOnlySpan<byte> iv = keyAndIv.Slice(KeySize, IvSize);
        if (Name.EndsWith("-ctr", StringComparison.Ordinal))
        {
            return AesCtr(key, iv, ciphertext);
        }

        if (Name.EndsWith("-cbc", StringComparison.Ordinal))
        {
            using Aes aes = Aes.Create();
            aes.SetKey(key);
            return aes.DecryptCbc(ciphertext, iv, PaddingMode.None);
        }

        return KeySize == 64 ? DecryptChaChaPoly(key, ciphertext, tag) : DecryptGcm(key, iv, ciphertext, tag);
    }

    /// <summary>AES in counter mode (NIST SP 800-38A, 6.5), both ways: .NET has the block cipher and not the mode.</summary>
    public static byte[] AesCtr(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input)
    {
        using Aes aes = Aes.Create();
        aes.SetKey(key);
        byte[] output = new byte[(input.Length + AesBlockSize - 1) / AesBlockSize * AesBlockSize];
        UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        for (int offset = 0; offset < output.Length; offset += AesBlockSize)
        {
            BinaryPrimitives.WriteUInt128BigEndian(output.AsSpan(offset), counter++);
        }

        aes.EncryptEcb(output, output, PaddingMode.None);
        for (int i = 0; i < input.Length; i++)
        {
            output[i] ^= input[i];
        }

        return output;
    }

    private static byte[]? DecryptGcm(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag)
    {
        using var gcm = new AesGcm(key, TagLength);
        byte[] plaintext = new byte[ciphertext.Length];
        try
        {
            gcm.Decrypt(nonce, ciphertext, tag, plaintext);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    // PROTOCOL.chacha20poly1305: the first half of the key alone, packet number 0; block 0 of the key stream is Poly1305's key, and its tag
    // is over the bare ciphertext, which is why the AEAD of RFC 8439 does not open it.
    private static byte[]? DecryptChaChaPoly(ReadOnlySpan<byte> key, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag)
    {
        var chaCha = new ChaCha7539Engine();
        chaCha.Init(false, new ParametersWithIV(new KeyParameter(key[..32]), new byte[12]));
        byte[] block = new byte[64];
        byte[] expected = new byte[TagLength];
        try
        {
            chaCha.ProcessBytes(new byte[64], block);
            var poly = new Poly1305();
            poly.Init(new KeyParameter(block, 0, 32));
            poly.BlockUpdate(ciphertext);
            poly.DoFinal(expected);
            if (!CryptographicOperations.FixedTimeEquals(expected, tag))
            {
                return null;
            }

            byte[] plaintext = new byte[ciphertext.Length];
            chaCha.ProcessBytes(ciphertext, plaintext);
            return plaintext;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(block);
            chaCha.Reset();
        }
    }
}
