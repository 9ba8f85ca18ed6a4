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
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException e) when (IsHeldByAnother(e))
            {
                if (Environment.TickCount64 >= deadline)
                {
                    throw new StationException(StationFault.StorageFailed, $"'{path}' was locked by others for {timeout.TotalSeconds:0} s.", e);
                }

                // Waiters that all sleep equally long would meet again and again.
                Thread.Sleep(Random.Shared.Next(1, 15));
            }
            catch (Exception e) when (StorageErrors.IsStorageError(e))
            {
                throw StorageErrors.Failed(path, e);
            }
        }
    }

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows; EWOULDBLOCK on Linux (11) and on macOS (35). A full or
    // read-only disk is an IOException too, but no reason to wait.
    private static bool IsHeldByAnother(IOException e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;
}
