using System.Collections.Concurrent;

namespace SecureStation.Core.Mailboxes.Simulated;

/// <summary>Records in memory. Like those of a server that writes them at once, they survive its restart.</summary>
internal sealed class SimulatedRecords : IMailRecords
{
    private readonly ConcurrentDictionary<MailRecordKey, (int Attempts, bool IsDone)> _records = new();

    /// <inheritdoc/>
    public Task<MailRecord> OpenAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        if (_records.TryAdd(key, (1, false)))
        {
            return Task.FromResult(new MailRecord(IsNew: true, IsDone: false, Attempts: 1));
        }

        (int attempts, bool isDone) = _records[key];
        return Task.FromResult(new MailRecord(IsNew: false, isDone, attempts));
    }

    /// <inheritdoc/>
    public Task<MailRecord?> FindAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) =>
        Task.FromResult(_records.TryGetValue(key, out (int Attempts, bool IsDone) found) ? new MailRecord(IsNew: false, found.IsDone, found.Attempts) : (MailRecord?)null);

    /// <inheritdoc/>
    public Task CountAttemptAsync(MailRecordKey key, DateTimeOffset expires, MailRecord record, CancellationToken cancellationToken) =>
        ChangeAsync(key, old => (old.Attempts + 1, old.IsDone));

    /// <inheritdoc/>
    public Task MarkDoneAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) =>
        ChangeAsync(key, old => (old.Attempts, true));

    /// <inheritdoc/>
    public Task ResetAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) =>
        ChangeAsync(key, old => (0, old.IsDone));

    /// <inheritdoc/>
    public Task<DateTimeOffset> PruneAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult(DateTimeOffset.UnixEpoch);

    private Task ChangeAsync(MailRecordKey key, Func<(int Attempts, bool IsDone), (int Attempts, bool IsDone)> change)
    {
        _records.AddOrUpdate(key, _ => change((0, false)), (_, old) => change(old));
        return Task.CompletedTask;
    }
}
