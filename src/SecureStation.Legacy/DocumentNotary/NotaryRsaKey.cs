using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Storage;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>
/// An RSA key of the old notary, 1024 to 4096 bits: OAEP with SHA-1, PKCS#1 v1.5 signatures with SHA-256. The BCL's RSA, serialised.
/// </summary>
internal sealed class NotaryRsaKey : LegacyKeyPair
{
    public const int MinKeySize = 1024;
    public const int MaxKeySize = 4096;

    // OAEP with SHA-1 takes 2 × 20 + 2 bytes (RFC 8017, 7.1.1).
    private const int OaepOverhead = 42;

    private readonly Lock _gate = new();
    private readonly RSA _rsa;

    /// <summary>Takes over a key.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: of another size.</exception>
    public NotaryRsaKey(RSA rsa)
        : base(DocumentNotaryWire.Name, rsa.KeySize, rsa.ExportSubjectPublicKeyInfo())
    {
        _rsa = rsa;
        if (rsa.KeySize is < MinKeySize or > MaxKeySize)
        {
            rsa.Dispose();
            throw new StationException(StationFault.InvalidKey, $"The document notary's keys have {MinKeySize} to {MaxKeySize} bits, not {KeySize}.");
        }
    }

    /// <summary>Bytes of the modulus, of a ciphertext and of a signature.</summary>
    public int ModulusSize => (KeySize + 7) / 8;

    /// <summary>Characters of a ciphertext in base64.</summary>
    public int WireLength => (ModulusSize + 2) / 3 * 4;

    /// <summary>The most that OAEP carries.</summary>
    public int Capacity => ModulusSize - OaepOverhead;

    /// <summary>Reads a public key file: SPKI PEM, with or without a final newline.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.InvalidKey"/>.</exception>
    public static NotaryRsaKey ReadPublic(string path)
    {
        byte[] file;
        try
        {
            file = BoundedFile.Read(path, KeyPem.MaxSize) ?? throw new StationException(StationFault.InvalidKey, $"'{path}' is too large for a public key.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no public key file '{path}'.", e) { Subject = StationSubject.File };
        }

        RSA rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(KeyPem.FindPublicKey(System.Text.Encoding.Latin1.GetString(file)), out _);
            return new NotaryRsaKey(rsa);
        }
        catch (CryptographicException e)
        {
            rsa.Dispose();
            throw new StationException(StationFault.InvalidKey, $"'{path}' holds no RSA public key.", e);
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: the key is too short to carry this.</exception>
    public byte[] Encrypt(ReadOnlySpan<byte> plaintext, string what)
    {
        if (plaintext.Length > Capacity)
        {
            throw new StationException(
                StationFault.InvalidKey, $"{what} is {plaintext.Length} bytes, and an RSA key of {KeySize} bits carries {Capacity}: it has to be of {MinSizeFor(plaintext.Length)} bits at least.");
        }

        lock (_gate)
        {
            return _rsa.Encrypt(plaintext, RSAEncryptionPadding.OaepSHA1);
        }
    }

    /// <summary>Null where it was not encrypted for this key.</summary>
    public byte[]? Decrypt(ReadOnlySpan<byte> ciphertext)
    {
        try
        {
            lock (_gate)
            {
                return _rsa.Decrypt(ciphertext, RSAEncryptionPadding.OaepSHA1);
            }
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            return _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_gate)
        {
            return _rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rsa.Dispose();
        }
    }

    // In steps of 256, as PyCrypto makes them.
    private static int MinSizeFor(int length) => ((((length + OaepOverhead) * 8) + 255) / 256) * 256;
}
