using System.Globalization;

namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>Records as files: to make one is to make a file that is not there, and nothing is ever written over.</summary>
/// <remarks>
/// <code>
/// records/YYYYMMDD/KEY          one byte for each attempt; the day is that of `expires` (UTC)
/// records/YYYYMMDD/KEY.done     empty: the message is done
/// records/low.SECONDS           what expires before this Unix time is refused; the highest counts
/// </code>
/// </remarks>
/// <param name="address">What its errors name.</param>
/// <param name="folder">The folder <c>records</c>.</param>
/// <param name="layout">Makes folders, and says the mode of files.</param>
internal sealed class FolderRecords(string address, string folder, FolderLayout layout) : IMailRecords
{
    private const string DayFormat = "yyyyMMdd";
    private const string LowPrefix = "low.";
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(2);
    private static readonly byte[] s_attempt = [(byte)'+'];

    /// <inheritdoc/>
    public Task<MailRecord> OpenAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            string file = Locate(key, expires);
            if (MailFiles.TryCreate(file, s_attempt, layout.FileMode))
            {
                MailFiles.FlushFolder(Path.GetDirectoryName(file)!);
                return new MailRecord(IsNew: true, IsDone: false, Attempts: 1);
            }

            return new MailRecord(IsNew: false, File.Exists(file + ".done"), (int)Math.Min(new FileInfo(file).Length, int.MaxValue));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task CountAttemptAsync(MailRecordKey key, DateTimeOffset expires, MailRecord record, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            using var file = new FileStream(Locate(key, expires), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Write(s_attempt);
            file.Flush(flushToDisk: true);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task MarkDoneAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            string file = Locate(key, expires) + ".done";
            if (MailFiles.TryCreate(file, [], layout.FileMode))
            {
                MailFiles.FlushFolder(Path.GetDirectoryName(file)!);
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task ResetAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            string file = Locate(key, expires);
            if (File.Exists(file))
            {
                using var record = new FileStream(file, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                record.Flush(flushToDisk: true);
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset> PruneAsync(DateTimeOffset now, CancellationToken cancellationToken) => RunAsync(() => Prune(now), cancellationToken);

    private DateTimeOffset Prune(DateTimeOffset now)
    {
        layout.Make(folder);
        var old = new List<(string Bucket, DateTimeOffset End)>();
        foreach (string bucket in Directory.EnumerateDirectories(folder))
        {
            if (DateTimeOffset.TryParseExact(Path.GetFileName(bucket), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset day)
                && day.AddDays(1) + s_kept <= now)
            {
                old.Add((bucket, day.AddDays(1)));
            }
        }

        // The mark goes no further than what is pruned: a clock that is years ahead for a moment shuts out no mail that is still to come.
        DateTimeOffset mark = FindMark();
        if (old.Count > 0 && old.Max(one => one.End) is var raised && raised > mark)
        {
            RaiseMark(raised);
            mark = raised;
        }

        foreach ((string bucket, _) in old)
        {
            Directory.Delete(bucket, recursive: true);
        }

        return mark;
    }

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

    private Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => Task.Run(() => MailboxErrors.Map(address, work), cancellationToken);

    private string Locate(MailRecordKey key, DateTimeOffset expires)
    {
        string day = Path.Combine(folder, expires.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture));
        layout.Make(day);
        return Path.Combine(day, key.Text);
    }
}
