using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Storage;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace SecureStation.Legacy.Chat;

/// <summary>
/// The RSA key pair of one chat client or listener. It decrypts numbers of the peer's choice without padding, so it is never a key that
/// is used for anything else: it is made for the purpose, or comes from a file that no key store holds.
/// </summary>
internal sealed class TextbookRsaKeyPair
{
    private const int MaxFileSize = 64 * 1024;

    private readonly RsaPrivateCrtKeyParameters _key;

    private TextbookRsaKeyPair(RSA rsa)
    {
        RSAParameters p = rsa.ExportParameters(includePrivateParameters: true);
        PublicKey = new TextbookRsaPublicKey(p);
        PublicPem = PublicKeyPem.Write(rsa.ExportSubjectPublicKeyInfo());
        _key = new RsaPrivateCrtKeyParameters(
            new BigInteger(1, p.Modulus!),
            new BigInteger(1, p.Exponent!),
            new BigInteger(1, p.D!),
            new BigInteger(1, p.P!),
            new BigInteger(1, p.Q!),
            new BigInteger(1, p.DP!),
            new BigInteger(1, p.DQ!),
            new BigInteger(1, p.InverseQ!));
        foreach (byte[]? secret in (byte[]?[])[p.D, p.P, p.Q, p.DP, p.DQ, p.InverseQ])
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The public half.</summary>
    public TextbookRsaPublicKey PublicKey { get; }

    /// <summary>The public half as it goes over the wire.</summary>
    public byte[] PublicPem { get; }

    /// <summary>Makes a key.</summary>
    /// <param name="keySize">Bits, 1024 to 4096 in steps of 256, as PyCrypto; 0 is 1024.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: another size.</exception>
    public static TextbookRsaKeyPair Generate(int keySize)
    {
        RequireSize(keySize);
        using var rsa = RSA.Create(keySize == 0 ? TextbookRsaPublicKey.MinSize : keySize);
        return new TextbookRsaKeyPair(rsa);
    }

    /// <summary>Checks a size that somebody asks for.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>.</exception>
    public static void RequireSize(int keySize)
    {
        if (keySize != 0 && (keySize is < TextbookRsaPublicKey.MinSize or > TextbookRsaPublicKey.MaxSize || keySize % 256 != 0))
        {
            throw new StationException(
                StationFault.InvalidArgument,
                $"RSA keys of the old chats have {TextbookRsaPublicKey.MinSize} to {TextbookRsaPublicKey.MaxSize} bits in steps of 256, not {keySize}.");
        }
    }

    /// <summary>Reads a private key in PEM without a passphrase (PKCS#1 or PKCS#8).</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>, <see cref="StationFault.StorageFailed"/>;
    /// <see cref="StationFault.InvalidKey"/>: it is no such key, or one that a key store holds.
    /// </exception>
    public static TextbookRsaKeyPair FromFile(string path)
    {
        char[] pem = [];
        try
        {
            byte[] content = BoundedFile.Read(path, MaxFileSize) ?? throw Unusable($"'{path}' is longer than {MaxFileSize} bytes.");
            pem = Encoding.Latin1.GetChars(content);
            CryptographicOperations.ZeroMemory(content);
            return FromPem(pem, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no key file '{path}'.", e) { Subject = StationSubject.File };
        }
        finally
        {
            pem.AsSpan().Clear();
        }
    }

    /// <summary>Reads a private key in PEM; the name is for the error.</summary>
    internal static TextbookRsaKeyPair FromPem(ReadOnlySpan<char> pem, string name)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            RequireUnshared(rsa, name);
            return new TextbookRsaKeyPair(rsa);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            throw Unusable($"'{name}' holds no RSA private key that can be used here: PEM without a passphrase, {TextbookRsaPublicKey.MinSize} to {TextbookRsaPublicKey.MaxSize} bits.", e);
        }
    }

    /// <summary>The plaintext of a ciphertext as PyCrypto gives it: without leading zeros.</summary>
    /// <exception cref="FormatException">The number is not below the modulus, or one that RSA leaves as it is (BouncyCastle 2 refuses 0, 1 and n − 1).</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> ciphertext)
    {
        byte[] number = LongToBytes.Of(ciphertext);
        var engine = new RsaBlindedEngine();
        engine.Init(forEncryption: false, _key);
        try
        {
            return LongToBytes.Of(engine.ProcessBlock(number, 0, number.Length));
        }
        catch (Exception e) when (e is CryptoException or InvalidOperationException)
        {
            throw new FormatException("the encrypted number is none that RSA can have made of a secret below its modulus", e);
        }
    }

    // The peer chooses the numbers that the private key is applied to: a key that signs or decrypts elsewhere would do its bidding.
    private static void RequireUnshared(RSA rsa, string name)
    {
        string store = KeyStore.DefaultDirectory;
        if (File.Exists(Path.ChangeExtension(name, ".pub.pem")))
        {
            throw Unusable($"'{name}' lies in a key store. The old chats apply the private key to numbers of the peer's choice: give them a key of their own.");
        }

        if (!Directory.Exists(store))
        {
            return;
        }

        Fingerprint fingerprint = Fingerprint.Of(rsa.ExportSubjectPublicKeyInfo());
        foreach (KeyStoreEntry entry in new KeyStore(store).List())
        {
            if (fingerprint.Equals(entry.Fingerprint))
            {
                throw Unusable($"'{name}' is the key '{entry.Name}' of the key store. The old chats apply the private key to numbers of the peer's choice: give them a key of their own.");
            }
        }
    }

    private static StationException Unusable(string message, Exception? inner = null) => new(StationFault.InvalidKey, message, inner);
}
