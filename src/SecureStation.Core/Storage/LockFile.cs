namespace SecureStation.Core.Storage;

/// <summary>
/// One writer at a time, across threads and processes: an empty file opened with <see cref="FileShare.None"/> (flock on Unix).
/// The file stays; it is the open handle that locks, and the operating system closes the handles of whoever dies.
/// </summary>
internal static class LockFile
{
    /// <summary>Waits for the lock. Disposing the stream releases it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>: not within the time, or not possible at all.</exception>
    public static FileStream Acquire(string path, TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            if (TryAcquire(path, FileMode.OpenOrCreate) is { } held)
            {
                return held;
            }

            if (Environment.TickCount64 >= deadline)
            {
                throw StillHeld(path, timeout);
            }

            // Waiters that all sleep equally long would meet again and again.
            Thread.Sleep(Random.Shared.Next(1, 15));
        }
    }

    /// <summary>The lock, or null where another has it at this moment.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it is made where it is missing.</param>
    /// <param name="deleteOnClose">Whether the file goes when the lock is released.</param>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>: not possible at all.</exception>
    public static FileStream? TryAcquire(string path, FileMode mode, bool deleteOnClose = false)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = deleteOnClose ? FileOptions.DeleteOnClose : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            return null;
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e) && e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw StorageErrors.Failed(path, e);
        }
    }

    public static StationException StillHeld(string path, TimeSpan time) =>
        new(StationFault.StorageFailed, $"'{path}' was locked by others for {time.TotalSeconds:0} s.");

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows; EWOULDBLOCK on Linux (11) and on macOS (35). A full or
    // read-only disk is an IOException too, but no reason to wait.
    public static bool IsHeldByAnother(IOException e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;
}
