using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Storage;

namespace SecureStation.Core.DiffieHellman;

/// <summary>Diffie-Hellman parameters and keys as files that openssl reads and writes too.</summary>
public static class DhFile
{
    /// <summary>Reads parameters, untested, 64 KiB at most: PKCS#3 or X9.42, in PEM or DER.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.StorageFailed"/>, <see cref="StationFault.InvalidParameter"/>.</exception>
    public static DhParameter ReadParameter(string path) => DhParameter.Import(Read(path, StationFault.InvalidParameter));

    /// <summary>Writes parameters as PKCS#3, whole or not at all.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/>.</exception>
    public static void WriteParameter(string path, DhParameter parameter, DhFileFormat format = DhFileFormat.Pem, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        byte[] content = format == DhFileFormat.Der ? parameter.ToDer() : Encoding.ASCII.GetBytes(parameter.ToPem());
        AtomicFile.Write(path, content, isPrivate: false, overwrite);
    }

    /// <summary>Reads a private key, PKCS#8 in PEM (also encrypted) or DER.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.StorageFailed"/>, and those of <see cref="DhKeyPair.Import"/>.</exception>
    public static DhKeyPair ReadKeyPair(string path, ReadOnlySpan<char> passphrase = default, DhPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        byte[] content = Read(path, StationFault.InvalidKey);
        try
        {
            return DhKeyPair.Import(content, passphrase, policy, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Writes a private key as PKCS#8 in PEM, readable by its owner only, encrypted unless the passphrase is empty.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/>; <see cref="StationFault.InvalidArgument"/>: the key has no such form.</exception>
    public static void WriteKeyPair(string path, DhKeyPair keyPair, ReadOnlySpan<char> passphrase = default, bool overwrite = false, DhKeyFormat format = DhKeyFormat.Pkcs3)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        byte[] content = keyPair.ExportPem(passphrase, format);
        try
        {
            AtomicFile.Write(path, content, isPrivate: true, overwrite);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Reads a public key, SubjectPublicKeyInfo in PEM or DER.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.StorageFailed"/>, and those of <see cref="DhPublicKey.Import"/>.</exception>
    public static DhPublicKey ReadPublicKey(string path, DhPolicy? policy = null, CancellationToken cancellationToken = default) =>
        DhPublicKey.Import(Read(path, StationFault.InvalidKey), expected: null, policy, cancellationToken);

    /// <summary>Writes a public key as SubjectPublicKeyInfo in PEM, whole or not at all.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/>; <see cref="StationFault.InvalidArgument"/>: the key has no such form.</exception>
    public static void WritePublicKey(string path, DhPublicKey publicKey, bool overwrite = false, DhKeyFormat format = DhKeyFormat.Pkcs3)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(publicKey.ToPem(format)), isPrivate: false, overwrite);
    }

    private static byte[] Read(string path, StationFault fault)
    {
        try
        {
            return BoundedFile.Read(path, DhPem.MaximumLength)
                ?? throw new StationException(fault, $"'{path}' is over {DhPem.MaximumLength / 1024} KiB: no file of Diffie-Hellman parameters or keys.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no file '{path}'.", e) { Subject = StationSubject.File };
        }
    }
}
