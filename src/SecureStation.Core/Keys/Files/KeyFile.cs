using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys.OpenSsh;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Keys.Files;

/// <summary>
/// Keys as PEM files that <c>openssl pkey</c> reads too: private keys as PKCS#8 (RFC 5958), encrypted where there is a passphrase
/// (PBES2: PBKDF2-HMAC-SHA256 with 600,000 rounds, AES-256-CBC), public keys as SubjectPublicKeyInfo. Or as OpenSSH's files
/// (openssh-key-v1: bcrypt with 24 rounds, AES-256-CTR; and the line of a .pub file). One key has one fingerprint in whatever file.
/// </summary>
public static class KeyFile
{
    /// <summary>Reads a private key file, 64 KiB at most. A passphrase given for a file that is not encrypted is not looked at.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>; <see cref="StationFault.StorageFailed"/>;
    /// <see cref="StationFault.InvalidKey"/>: malformed, too large, of another kind, or asking for more than 2,000,000 rounds of PBKDF2 or 256 of bcrypt;
    /// <see cref="StationFault.WrongPassphrase"/>: missing or wrong.
    /// </exception>
    public static StationKeyPair ReadPrivate(string path, ReadOnlySpan<char> passphrase = default) => ReadPrivate(path, passphrase, guard: null);

    /// <summary>As the other, of a store that demands what <paramref name="guard"/> says.</summary>
    internal static StationKeyPair ReadPrivate(string path, ReadOnlySpan<char> passphrase, FileGuard? guard)
    {
        byte[] pem = ReadBounded(path, guard);
        try
        {
            StationKeyPair keyPair = ParsePrivate(pem, passphrase);
            keyPair.MarkStored();
            return keyPair;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <summary>Reads a private key from the bytes of a PEM file, OpenSSH's among them. The pair counts as not stored.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>, <see cref="StationFault.WrongPassphrase"/></exception>
    public static StationKeyPair ParsePrivate(ReadOnlySpan<byte> pem, ReadOnlySpan<char> passphrase = default)
    {
        char[] text = DecodeText(pem);
        try
        {
            return ParsePrivate(text.AsSpan(), passphrase);
        }
        finally
        {
            text.AsSpan().Clear();
        }
    }

    /// <summary>Reads a private key from PEM text. The pair counts as not stored.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>, <see cref="StationFault.WrongPassphrase"/></exception>
    public static StationKeyPair ParsePrivate(ReadOnlySpan<char> pem, ReadOnlySpan<char> passphrase = default)
    {
        byte[] content = KeyPem.FindPrivateKey(pem, out string label);
        try
        {
            return new StationKeyPair(label switch
            {
                KeyPem.OpenSshPrivateKeyLabel => OpenSshPrivateKey.Read(content, passphrase),
                KeyPem.EncryptedPrivateKeyLabel => Pkcs8.ReadEncrypted(content, passphrase),
                _ => Pkcs8.Read(content),
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Reads a public key file, 64 KiB at most.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>, <see cref="StationFault.StorageFailed"/>, <see cref="StationFault.InvalidKey"/>
    /// </exception>
    public static StationPublicKey ReadPublic(string path) => ReadPublic(path, guard: null);

    /// <inheritdoc cref="ReadPublic(string)"/>
    internal static StationPublicKey ReadPublic(string path, FileGuard? guard) => ParsePublic(ReadBounded(path, guard));

    /// <summary>Reads a public key from the bytes of a PEM file, or of OpenSSH's file of one line.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    public static StationPublicKey ParsePublic(ReadOnlySpan<byte> file)
    {
        char[] text = DecodeText(file);
        return OpenSshPublicKey.IsIn(text) ? OpenSshPublicKey.Parse(text) : StationPublicKey.FromPem(text);
    }

    /// <summary>
    /// Writes a private key file, readable by its owner only from the moment that it exists (mode 0600; on Windows the folder's rights
    /// apply), whole or not at all. The pair counts as stored afterwards.
    /// </summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.AlreadyExists"/>: there is such a file, and <paramref name="overwrite"/> is false;
    /// <see cref="StationFault.StorageFailed"/>.
    /// </exception>
    public static void WritePrivate(string path, StationKeyPair keyPair, ReadOnlySpan<char> passphrase = default, bool overwrite = false, KeyFileFormat format = KeyFileFormat.Pkcs8)
    {
        byte[] pem = FormatPrivate(keyPair, passphrase, format);
        try
        {
            AtomicFile.Write(path, pem, isPrivate: true, overwrite);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }

        keyPair.MarkStored();
    }

    /// <summary>Writes a public key file, whole or not at all.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/></exception>
    public static void WritePublic(string path, StationPublicKey publicKey, bool overwrite = false, KeyFileFormat format = KeyFileFormat.Pkcs8)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        string text = format == KeyFileFormat.OpenSsh ? publicKey.ToOpenSsh() + "\n" : publicKey.ToPem();
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(text), isPrivate: false, overwrite);
    }

    /// <summary>The private key as the bytes (ASCII) of a PEM file, encrypted unless the passphrase is empty. The caller zeroes them.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: disposed.</exception>
    public static byte[] FormatPrivate(StationKeyPair keyPair, ReadOnlySpan<char> passphrase = default, KeyFileFormat format = KeyFileFormat.Pkcs8)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        byte[] pkcs8 = keyPair.ExportPkcs8();
        byte[] openSsh = [];
        char[]? text = null;
        try
        {
            if (format == KeyFileFormat.OpenSsh)
            {
                openSsh = OpenSshPrivateKey.Write(keyPair.PublicKey, pkcs8, passphrase, keyPair.Name ?? "");
                text = PemEncoding.Write(KeyPem.OpenSshPrivateKeyLabel, openSsh);
            }
            else
            {
                text = passphrase.IsEmpty
                    ? PemEncoding.Write(KeyPem.PrivateKeyLabel, pkcs8)
                    : PemEncoding.Write(KeyPem.EncryptedPrivateKeyLabel, Pkcs8.Encrypt(pkcs8, passphrase));
            }

            var pem = new byte[text.Length + 1];
            Encoding.ASCII.GetBytes(text, pem);
            pem[^1] = (byte)'\n';
            return pem;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
            CryptographicOperations.ZeroMemory(openSsh);
            text.AsSpan().Clear();
        }
    }

    /// <summary>Reads a file of 64 KiB at most into a buffer that the caller zeroes; of a larger one, one byte more and no further.</summary>
    internal static byte[] ReadBounded(string path, FileGuard? guard = null)
    {
        try
        {
            return BoundedFile.Read(path, KeyPem.MaxSize, guard) ?? throw KeyErrors.Invalid($"'{path}' is over {KeyPem.MaxSize / 1024} KiB: no key file.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no file '{path}'.", e) { Subject = StationSubject.File };
        }
    }

    /// <summary>
    /// PEM is ASCII. Other bytes may stand in comments, where what they mean does not matter: one char a byte, after a UTF-8 mark.
    /// </summary>
    internal static char[] DecodeText(ReadOnlySpan<byte> pem)
    {
        KeyPem.RequireSize(pem.Length);
        if (pem is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || pem.Contains((byte)0))
        {
            throw KeyErrors.Invalid("The key file is binary or UTF-16; a PEM file in ASCII or UTF-8 is wanted.");
        }

        ReadOnlySpan<byte> text = pem.StartsWith(Encoding.UTF8.Preamble) ? pem[Encoding.UTF8.Preamble.Length..] : pem;
        var chars = new char[text.Length];
        Encoding.Latin1.GetChars(text, chars);
        return chars;
    }
}
