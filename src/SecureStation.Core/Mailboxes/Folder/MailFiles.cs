using Microsoft.Win32.SafeHandles;
using SecureStation.Core.Interop;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>What a mailbox does with files, with the guarantees that it needs: renames that never copy, names that are never links, flushed folders.</summary>
internal static class MailFiles
{
    /// <summary>Writes a file that must not be there.</summary>
    /// <exception cref="IOException">It is there, or the disk is full; then nothing is left of it.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool flush)
    {
        try
        {
            using FileStream file = CreateNew(path, mode, flush);
            file.Write(content);
            if (flush)
            {
                file.Flush(flushToDisk: true);
            }
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e) && !IsThere(e))
        {
            AtomicFile.TryDelete(path);
            throw;
        }
    }

    /// <summary>Makes an empty file, or one of few bytes; false where there is something of that name. Of many who race, one gets true.</summary>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        try
        {
            WriteNew(path, content, mode, flush: true);
            return true;
        }
        catch (IOException e) when (IsThere(e))
        {
            return false;
        }
    }

    /// <summary>Gives a file another name. True also where that is done although an error came: over NFS the answer may be lost.</summary>
    /// <returns>False: there is no such file any more.</returns>
    public static bool TryRename(string from, string to)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                return UnixEntry.TryRename(from, to) || File.Exists(to);
            }

            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return File.Exists(to);
        }
        catch (IOException) when (File.Exists(to) && !File.Exists(from))
        {
            return true;
        }
    }

    /// <summary>Removes a file; false where it is not there.</summary>
    public static bool TryDelete(string path)
    {
        if (!File.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            return false;
        }

        File.Delete(path);
        return true;
    }

    /// <summary>Takes away what is in a file; false where it is not there.</summary>
    public static bool TryEmpty(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Changes a file's time; false where it is not there.</summary>
    public static bool TryTouch(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return UnixEntry.TryTouch(path);
        }

        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>A file's time in ticks, of the open file: over NFS an open asks the server. Null where it is not there.</summary>
    public static long? FindTime(string path)
    {
        try
        {
            using FileStream file = OpenRead(path);
            return File.GetLastWriteTimeUtc(file.SafeFileHandle).Ticks;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return File.GetLastWriteTimeUtc(path).Ticks;
        }
        catch (IOException)
        {
            // A link, a pipe, a device: nobody renews it, so its time is as good as any.
            return 0;
        }
    }

    /// <summary>Opens a regular file, never through a link.</summary>
    public static FileStream OpenRead(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return RegularFile.OpenRead(path);
        }

        SafeFileHandle handle = UnixFile.OpenRead(path, followLinks: false);
        try
        {
            RegularFile.Require(path, handle);
            return new FileStream(handle, FileAccess.Read, bufferSize: 0);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>All of a regular file that does not change; null where it is larger than that.</summary>
    public static byte[]? Read(string path, int maxLength)
    {
        using FileStream file = OpenRead(path);
        if (file.Length > maxLength)
        {
            return null;
        }

        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    /// <summary>Has names that were made or removed in a folder survive a power cut. Windows writes them through by itself.</summary>
    public static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            using SafeFileHandle handle = UnixFile.OpenRead(folder, followLinks: true);
            RandomAccess.FlushToDisk(handle);
        }
    }

    private static FileStream CreateNew(string path, UnixFileMode mode, bool flush)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
            Options = flush && OperatingSystem.IsWindows() ? FileOptions.WriteThrough : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows() && (mode & FileGuard.Secret) != 0)
        {
            // The user's umask would keep out those whom the mailbox's folder lets in.
            File.SetUnixFileMode(file.SafeFileHandle, mode);
        }

        return file;
    }

    // EEXIST; ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS.
    private static bool IsThere(Exception e) =>
        e is IOException && (OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 80 or 183 : e.HResult == 17);
}
