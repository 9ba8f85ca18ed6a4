using System.Security.Cryptography;

namespace SecureStation.Core.Storage;

/// <summary>Reads small files of untrusted size, also while others replace or delete them.</summary>
public static class BoundedFile
{
    /// <summary>The whole file, or null where it is over <paramref name="maxSize"/> bytes, after reading one byte more than that.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>; the guard's fault.</exception>
    public static byte[]? Read(string path, int maxSize) => Read(path, maxSize, guard: null);

    /// <summary>As the other, of a file that is what <paramref name="guard"/> says.</summary>
    internal static byte[]? Read(string path, int maxSize, FileGuard? guard)
    {
        // The size that a file system names is not asked: the files of /proc have none.
        var buffer = new byte[maxSize + 1];
        try
        {
            using FileStream stream = RegularFile.OpenRead(path, guard);
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
