using SecureStation.Core.Storage;

namespace SecureStation.Core.Auditing;

/// <summary>Reads the lines of a station log, one after another and not into memory at once.</summary>
public static class StationLogFile
{
    /// <summary>Reads a log, also while it is written. A last line without its end is an entry that says so.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.StorageFailed"/>, while enumerating.</exception>
    public static IEnumerable<StationLogEntry> Read(string path)
    {
        using FileStream file = Open(path);
        var buffer = new byte[2 * StationLogEntry.MaxLine];
        int filled = 0;
        long number = 0;
        bool isTooLong = false;
        while (StorageErrors.Map(path, () => file.Read(buffer, filled, buffer.Length - filled)) is > 0 and var read)
        {
            filled += read;
            int start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is >= 0 and var size)
            {
                number++;
                yield return isTooLong || size > StationLogEntry.MaxLine ? TooLong(number) : StationLogEntry.Parse(buffer.AsSpan(start, size), number);
                isTooLong = false;
                start += size + 1;
            }

            filled -= start;
            buffer.AsSpan(start, filled).CopyTo(buffer);
            if (filled == buffer.Length)
            {
                isTooLong = true;
                filled = 0;
            }
        }

        if (filled > 0 || isTooLong)
        {
            yield return StationLogEntry.Malformed(number + 1, "The last line is torn: its end is missing.");
        }
    }

    private static StationLogEntry TooLong(long number) => StationLogEntry.Malformed(number, "The line is longer than an entry can be.");

    private static FileStream Open(string path)
    {
        try
        {
            return RegularFile.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no log '{path}'.", e) { Subject = StationSubject.File };
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw StorageErrors.Failed(path, e);
        }
    }
}
