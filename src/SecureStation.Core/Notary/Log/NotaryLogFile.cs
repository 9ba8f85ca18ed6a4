using SecureStation.Core.Storage;

namespace SecureStation.Core.Notary.Log;

/// <summary>Reads the entries of a log file, one after another and not into memory at once.</summary>
public static class NotaryLogFile
{
    private const int BufferSize = 2 * NotaryLogEntry.MaxLine;

    /// <summary>Reads a log, also while a notary writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">How many bytes of it; null for all. A last line without its end is an entry that says so.</param>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.StorageFailed"/>, while enumerating.</exception>
    public static IEnumerable<NotaryLogEntry> Read(string path, long? length = null)
    {
        using FileStream file = Open(path);
        var buffer = new byte[BufferSize];
        long left = length ?? long.MaxValue;
        long number = 0;
        int filled = 0;
        bool isSkipping = false;
        while (true)
        {
            int read = ReadMore(path, file, buffer.AsMemory(filled, (int)Math.Min(buffer.Length - filled, left)));
            left -= read;
            filled += read;
            int start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is >= 0 and var size)
            {
                number++;
                if (!isSkipping)
                {
                    yield return NotaryLogEntry.Parse(buffer.AsSpan(start, size), path, number);
                }

                isSkipping = false;
                start += size + 1;
            }

            filled -= start;
            Buffer.BlockCopy(buffer, start, buffer, 0, filled);
            if (filled == buffer.Length)
            {
                if (!isSkipping)
                {
                    yield return NotaryLogEntry.Malformed(path, number + 1, "The line is longer than an entry can be.");
                }

                isSkipping = true;
                filled = 0;
            }

            if (read == 0)
            {
                break;
            }
        }

        if (filled > 0 && !isSkipping)
        {
            yield return NotaryLogEntry.Malformed(path, number + 1, "The last line is torn: its end is missing.");
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return RegularFile.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no log '{path}'.", e) { Subject = StationSubject.NotaryLog };
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw StorageErrors.Failed(path, e);
        }
    }

    private static int ReadMore(string path, FileStream file, Memory<byte> buffer) => StorageErrors.Map(path, () => file.Read(buffer.Span));
}
