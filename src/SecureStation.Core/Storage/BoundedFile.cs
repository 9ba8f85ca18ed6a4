using System.Security.Cryptography;

namespace SecureStation.Core.Storage;

/// <summary>Reads small files of untrusted size, also while others replace or delete them.</summary>
public static class BoundedFile
{
    private const int FirstRead = 4096;

    /// <summary>The whole file, or null where it is over <paramref name="maxSize"/> bytes, after reading one byte more than that.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>; the guard's fault.</exception>
    public static byte[]? Read(string path, int maxSize) => Read(path, maxSize, guard: null);

    /// <summary>As the other, of a file that is what <paramref name="guard"/> says.</summary>
    internal static byte[]? Read(string path, int maxSize, FileGuard? guard)
    {
        byte[] buffer = [];
        try
        {
            using FileStream stream = RegularFile.OpenRead(path, guard);

            // The size that the file system names is a hint: the files of /proc have none, and others may be writing.
            buffer = new byte[Math.Min(maxSize, Math.Max(stream.Length, FirstRead)) + 1];
            int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            while (length == buffer.Length && length <= maxSize)
            {
                byte[] larger = new byte[Math.Min(2L * length, maxSize) + 1];
                buffer.CopyTo(larger, 0);
                CryptographicOperations.ZeroMemory(buffer);
                buffer = larger;
                length += stream.ReadAtLeast(buffer.AsSpan(length), buffer.Length - length, throwOnEndOfStream: false);
            }

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
