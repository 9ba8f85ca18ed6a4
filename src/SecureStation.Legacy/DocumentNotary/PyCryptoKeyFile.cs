using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Keys;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>
/// Private key files as PyCrypto writes them: PKCS#8 or PKCS#1 in PEM, plain or encrypted in OpenSSL's old way. Read only: the
/// encryption, one round of MD5 and 3DES, is too weak to write.
/// <code>
/// -----BEGIN PRIVATE KEY-----               not ENCRYPTED PRIVATE KEY, though it is; or RSA PRIVATE KEY
/// Proc-Type: 4,ENCRYPTED
/// DEK-Info: DES-EDE3-CBC,DF3882CB311C00A4   IV, which is the salt too
///
/// base64 in lines of 64
/// -----END PRIVATE KEY-----                 without a newline
/// </code>
/// Key: MD5(passphrase ‖ salt) ‖ first 8 bytes of MD5(that ‖ passphrase ‖ salt).
/// </summary>
internal static class PyCryptoKeyFile
{
    private const string Pkcs8Label = "PRIVATE KEY";
    private const string Pkcs1Label = "RSA PRIVATE KEY";
    private const string Encryption = "DEK-Info: DES-EDE3-CBC,";
    private const int SaltSize = 8;
    private const int KeySize = 24;

    /// <summary>Whether a text is a key encrypted in that way.</summary>
    public static bool IsEncrypted(ReadOnlySpan<char> pem) => pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal);

    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/> or <see cref="StationFault.WrongPassphrase"/>.</exception>
    public static NotaryRsaKey Read(ReadOnlySpan<char> pem, ReadOnlySpan<char> passphrase)
    {
        if (pem.Length > KeyPem.MaxSize)
        {
            throw Invalid($"A key file is {KeyPem.MaxSize / 1024} KiB at most.");
        }

        string text = pem.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
        string label = text.Contains($"-----BEGIN {Pkcs8Label}-----\n", StringComparison.Ordinal) ? Pkcs8Label
            : text.Contains($"-----BEGIN {Pkcs1Label}-----\n", StringComparison.Ordinal) ? Pkcs1Label
            : throw Invalid("The text holds no private key in a form that PyCrypto writes.");
        string body = Between(text, $"-----BEGIN {label}-----\n", $"-----END {label}-----");
        byte[] der = IsEncrypted(pem) ? Decrypt(body, passphrase) : Decode(body);
        try
        {
            return Import(der, label, isDecrypted: IsEncrypted(pem));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static byte[] Decrypt(string body, ReadOnlySpan<char> passphrase)
    {
        string[] parts = body.Split("\n\n", 2);
        string? encryption = parts[0].Split('\n').FirstOrDefault(static line => line.StartsWith(Encryption, StringComparison.Ordinal));
        if (parts.Length != 2 || encryption is null || encryption.Length != Encryption.Length + (2 * SaltSize))
        {
            throw Invalid("The private key is not encrypted in the way that PyCrypto does it: DES-EDE3-CBC.");
        }

        if (passphrase.IsEmpty)
        {
            throw new StationException(StationFault.WrongPassphrase, "The private key is encrypted; it needs its passphrase.");
        }

        byte[] salt;
        try
        {
            salt = Convert.FromHexString(encryption[Encryption.Length..]);
        }
        catch (FormatException e)
        {
            throw Invalid("The private key's salt is not hexadecimal.", e);
        }

        byte[] key = DeriveKey(passphrase, salt);
        try
        {
            using TripleDES cipher = CreateTripleDes(key);
            return cipher.DecryptCbc(Decode(parts[1]), salt, PaddingMode.PKCS7);
        }
        catch (CryptographicException e)
        {
            throw new StationException(StationFault.WrongPassphrase, "The passphrase does not open the private key.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "What the old files are encrypted with.")]
    private static TripleDES CreateTripleDes(byte[] key)
    {
        TripleDES cipher = TripleDES.Create();
        cipher.Key = key;
        return cipher;
    }

    // EVP_BytesToKey of OpenSSL, MD5, one round.
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "What the old files are encrypted with.")]
    private static byte[] DeriveKey(ReadOnlySpan<char> passphrase, byte[] salt)
    {
        byte[] input = new byte[MD5.HashSizeInBytes + Encoding.UTF8.GetByteCount(passphrase) + SaltSize];
        Span<byte> output = stackalloc byte[2 * MD5.HashSizeInBytes];
        try
        {
            Encoding.UTF8.GetBytes(passphrase, input.AsSpan(MD5.HashSizeInBytes));
            salt.CopyTo(input.AsSpan(input.Length - SaltSize));
            MD5.HashData(input.AsSpan(MD5.HashSizeInBytes), output);
            output[..MD5.HashSizeInBytes].CopyTo(input);
            MD5.HashData(input, output[MD5.HashSizeInBytes..]);
            return output[..KeySize].ToArray();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
            CryptographicOperations.ZeroMemory(output);
        }
    }

    private static NotaryRsaKey Import(byte[] der, string label, bool isDecrypted)
    {
        RSA rsa = RSA.Create();
        try
        {
            int read;
            if (label == Pkcs1Label)
            {
                rsa.ImportRSAPrivateKey(der, out read);
            }
            else
            {
                rsa.ImportPkcs8PrivateKey(der, out read);
            }

            return read == der.Length ? new NotaryRsaKey(rsa) : throw Invalid("There is something after the private key.");
        }
        catch (CryptographicException e)
        {
            rsa.Dispose();

            // One wrong passphrase in 256 leaves padding that looks right, and then noise instead of a key.
            throw isDecrypted
                ? new StationException(StationFault.WrongPassphrase, "The passphrase does not open the private key.", e)
                : Invalid("The text holds no RSA private key.", e);
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        int to = text.IndexOf(end, from, StringComparison.Ordinal);
        return to >= 0 ? text[from..to] : throw Invalid("The private key has no end line.");
    }

    private static byte[] Decode(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException e)
        {
            throw Invalid("The private key is not base64.", e);
        }
    }

    private static StationException Invalid(string message, Exception? inner = null) => new(StationFault.InvalidKey, message, inner);
}
