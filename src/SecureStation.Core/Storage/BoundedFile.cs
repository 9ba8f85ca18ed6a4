using System.Security.Cryptography;

namespace SecureStation.Core.Storage;

/// <summary>Reads small files of untrusted size, also while others replace or delete them.</summary>
internal static class BoundedFile
{
    /// <summary>The whole file, or null where it is over <paramref name="maxSize"/> bytes, after reading one byte more than that.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/></exception>
    public static byte[]? Read(string path, int maxSize)
    {
        // The size that a file system names is not asked: devices and pipes have none.
        var buffer = new byte[maxSize + 1];
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length > maxSize ? null : buffer[..length];
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e) && e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw StorageErrors.Failed(path, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
