namespace SecureStation.Core.Storage;

/// <summary>Reads files of lines, one after another and never into memory at once, also while somebody writes them.</summary>
internal static class LineFile
{
    /// <summary>Reads the lines of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">How many bytes a line may have, without its end.</param>
    /// <param name="subject">What a file that is missing is said to be.</param>
    /// <param name="length">How many bytes of the file; null for all.</param>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.StorageFailed"/>, while enumerating.</exception>
    public static IEnumerable<FileLine> Read(string path, int longest, StationSubject subject, long? length = null)
    {
        using FileStream file = Open(path, subject);
        var buffer = new byte[2 * longest];
        long left = length ?? long.MaxValue;
        long number = 0;
        int filled = 0;
        bool isTooLong = false;
        while (ReadMore(path, file, buffer.AsMemory(filled, (int)Math.Min(buffer.Length - filled, left))) is > 0 and var read)
        {
            left -= read;
            filled += read;
            int start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is >= 0 and var size)
            {
                number++;
                yield return isTooLong || size > longest ? new(number, default, FileLineFlaw.TooLong) : new(number, buffer.AsMemory(start, size), FileLineFlaw.None);
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
            yield return new(number + 1, default, isTooLong ? FileLineFlaw.TooLong : FileLineFlaw.Torn);
        }
    }

    private static FileStream Open(string path, StationSubject subject)
    {
        try
        {
            return RegularFile.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no log '{path}'.", e) { Subject = subject };
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw StorageErrors.Failed(path, e);
        }
    }

    private static int ReadMore(string path, FileStream file, Memory<byte> buffer) => StorageErrors.Map(path, () => file.Read(buffer.Span));
}
