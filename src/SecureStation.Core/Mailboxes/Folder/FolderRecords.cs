using System.Globalization;

namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>Records as files: to make one is to make a file that is not there; to say that it is done is to rename it.</summary>
/// <remarks>
/// <code>
/// records/YYYYMMDD/KEY          one byte for each attempt; the day is that of `expires` (UTC)
/// records/YYYYMMDD/KEY.done     the same, emptied: the message is done
/// records/low.SECONDS           what expires before this Unix time is refused; the highest counts
/// </code>
/// </remarks>
/// <param name="address">What its errors name.</param>
/// <param name="folder">The folder <c>records</c>.</param>
/// <param name="layout">Makes folders, and says the mode of files.</param>
/// <param name="reserve">Room for them on a full disk; null for none.</param>
internal sealed class FolderRecords(string address, string folder, FolderLayout layout, FolderReserve? reserve = null) : IMailRecords
{
    private const string DayFormat = "yyyyMMdd";
    private const string LowPrefix = "low.";
    private const string Done = ".done";
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(2);
    private static readonly byte[] s_attempt = [(byte)'+'];

    /// <inheritdoc/>
    public Task<MailRecord> OpenAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            string file = Locate(key, expires);
            if (!TryMake(file))
            {
                return Read(file);
            }

            // Free was the name because the record has the other one by now.
            if (File.Exists(file + Done))
            {
                MailFiles.TryDelete(file);
                return Read(file);
            }

            MailFiles.FlushFolder(Path.GetDirectoryName(file)!);
            return new MailRecord(IsNew: true, IsDone: false, Attempts: 1);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<MailRecord?> FindAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) => RunAsync(
        () => Locate(key, expires) is var file && (File.Exists(file) || File.Exists(file + Done)) ? Read(file) : (MailRecord?)null,
        cancellationToken);

    /// <inheritdoc/>
    public Task CountAttemptAsync(MailRecordKey key, DateTimeOffset expires, MailRecord record, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            using var file = new FileStream(Locate(key, expires), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            try
            {
                file.Write(s_attempt);
                file.Flush(flushToDisk: true);
            }
            catch (IOException e) when (MailboxErrors.IsFull(e) && reserve is { IsSpent: true })
            {
                // What is given out makes room when it is confirmed. One attempt that is not counted is the smaller harm.
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task MarkDoneAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            string file = Locate(key, expires);
            if (!File.Exists(file + Done))
            {
                // The record gets another name and loses its content: on a full disk, of blocks or of files, that takes no room.
                if (!MailFiles.TryRename(file, file + Done))
                {
                    MailFiles.TryCreate(file + Done, [], layout.FileMode);
                }

                MailFiles.FlushFolder(Path.GetDirectoryName(file)!);
                MailFiles.TryEmpty(file + Done);
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task ResetAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            MailFiles.TryEmpty(Locate(key, expires));
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset> PruneAsync(DateTimeOffset now, CancellationToken cancellationToken) => RunAsync(() => Prune(now), cancellationToken);

    private DateTimeOffset Prune(DateTimeOffset now)
    {
        layout.Make(folder);
        (string Folder, DateTimeOffset End)[] buckets = [.. Buckets()];

        // By the clock, and by the last time that something was written down: a clock that jumps ahead for a moment forgets nothing. It would raise the
        // mark over mail that is still to come.
        DateTimeOffset written = buckets.Select(static one => new DateTimeOffset(Directory.GetLastWriteTimeUtc(one.Folder))).DefaultIfEmpty(now).Max();
        DateTimeOffset before = (written < now ? written : now) - s_kept;
        (string Folder, DateTimeOffset End)[] old = [.. buckets.Where(one => one.End <= before)];

        // The mark goes no further than what is pruned: a clock that is years ahead for a moment shuts out no mail that is still to come.
        DateTimeOffset mark = FindMark();
        if (old.Length > 0 && old.Max(static one => one.End) is var raised && raised > mark)
        {
            try
            {
                RaiseMark(raised);
            }
            catch (IOException e) when (MailboxErrors.IsFull(e))
            {
                // Without the mark nothing is forgotten; another time.
                return mark;
            }

            mark = raised;
        }

        foreach ((string bucket, _) in old)
        {
            Directory.Delete(bucket, recursive: true);
        }

        return mark;
    }

    private IEnumerable<(string Folder, DateTimeOffset End)> Buckets()
    {
        foreach (string bucket in Directory.EnumerateDirectories(folder))
        {
            if (DateTimeOffset.TryParseExact(Path.GetFileName(bucket), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset day))
            {
                yield return (bucket, day.AddDays(1));
            }
        }
    }

    // Of many who race, one gets true. Where nothing is left, not even of the reserve, the name has to do: it takes the least room.
    private bool TryMake(string file)
    {
        try
        {
            return MailFiles.TryCreate(file, s_attempt, layout.FileMode);
        }
        catch (IOException e) when (MailboxErrors.IsFull(e) && reserve is { IsSpent: true })
        {
            return MailFiles.TryCreate(file, [], layout.FileMode);
        }
    }

    private static MailRecord Read(string file) =>
        new(IsNew: false, File.Exists(file + Done), new FileInfo(file) is { Exists: true } found ? (int)Math.Min(found.Length, int.MaxValue) : 0);

    private DateTimeOffset FindMark() => Marks().Select(mark => mark.Time).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max();

    private void RaiseMark(DateTimeOffset time)
    {
        MailFiles.TryCreate(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{LowPrefix}{time.ToUnixTimeSeconds()}")), [], layout.FileMode);
        MailFiles.FlushFolder(folder);
        foreach ((string file, DateTimeOffset lower) in Marks().Where(mark => mark.Time < time).ToArray())
        {
            MailFiles.TryDelete(file);
        }
    }

    private IEnumerable<(string File, DateTimeOffset Time)> Marks()
    {
        foreach (string file in Directory.EnumerateFiles(folder, LowPrefix + "*"))
        {
            if (long.TryParse(Path.GetFileName(file)[LowPrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds < 253_402_300_800)
            {
                yield return (file, DateTimeOffset.FromUnixTimeSeconds(seconds));
            }
        }
    }

    private Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) =>
        Task.Run(() => MailboxErrors.Map(address, () => reserve is null ? work() : reserve.InRoom(work)), cancellationToken);

    private string Locate(MailRecordKey key, DateTimeOffset expires)
    {
        string day = Path.Combine(folder, expires.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture));
        layout.Make(day);
        return Path.Combine(day, key.Text);
    }
}
