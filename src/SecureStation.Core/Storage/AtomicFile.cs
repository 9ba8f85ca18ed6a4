using System.Security.Cryptography;
using SecureStation.Core.Interop;

namespace SecureStation.Core.Storage;

/// <summary>
/// Writes files that are whole whenever they can be seen: a temporary file beside the target is written, flushed to the disk, and renamed.
/// Whoever is killed in between leaves the old file, and a temporary one to clean up.
/// </summary>
internal static class AtomicFile
{
    /// <summary>How the name of every temporary file ends.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file.</summary>
    /// <param name="path">The target.</param>
    /// <param name="content">All of it.</param>
    /// <param name="isPrivate">Whether only its owner may read it: mode 0600 from the first open.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.AlreadyExists"/> where there is one and it is not to be replaced; <see cref="StationFault.StorageFailed"/>.
    /// </exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool isPrivate, bool overwrite)
    {
        if (!TryWrite(path, content, isPrivate, overwrite))
        {
            throw new StationException(StationFault.AlreadyExists, $"'{path}' exists already.");
        }
    }

    /// <summary>As <see cref="Write"/>; false where there is such a file and it is not to be replaced. Of many who race, one gets true.</summary>
    public static bool TryWrite(string path, ReadOnlySpan<byte> content, bool isPrivate, bool overwrite)
    {
        if (!overwrite && File.Exists(path))
        {
            return false;
        }

        string temporary = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}{TemporarySuffix}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            return TryMove(temporary, path, overwrite);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw StorageErrors.Failed(path, e);
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    /// <summary>Gives a finished temporary file its name; false where there is such a file and it is not to be replaced.</summary>
    public static bool TryMove(string temporary, string path, bool overwrite)
    {
        // .NET looks whether the target exists, and renames if not: of two at once, both would find the name free.
        if (!overwrite && !OperatingSystem.IsWindows())
        {
            switch (UnixFile.TryLink(temporary, path))
            {
                case true:
                    TryDelete(temporary);
                    return true;
                case false when File.Exists(path):
                    return false;
            }
        }

        for (int attempt = 1; ; attempt++)
        {
            try
            {
                File.Move(temporary, path, overwrite);
                return true;
            }
            catch (IOException) when (!overwrite && File.Exists(path))
            {
                return false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && OperatingSystem.IsWindows() && attempt < 20)
            {
                // Windows does not replace a file that someone is reading at this moment.
                Thread.Sleep(10);
            }
        }
    }

    /// <summary>Deletes a temporary file if it is still there, and if it can.</summary>
    public static void TryDelete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            // It is cleaned up by the next writer; the file itself is written, or the error above says why not.
        }
    }
}
