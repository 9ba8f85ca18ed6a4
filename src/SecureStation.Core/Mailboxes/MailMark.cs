namespace SecureStation.Core.Mailboxes;

/// <summary>
/// The mark below which nothing is given out: what expires before it has no record any more, so nobody knows whether it was given out. Raised by pruning, now
/// and then.
/// </summary>
internal sealed class MailMark(IMailRecords records, MailReaderTerms terms)
{
    // Who only polls waits this long for an answer all the same.
    private static readonly TimeSpan s_leastPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pruneEvery = TimeSpan.FromHours(1);

    private long? _prunedAt;

    /// <summary>What expires before is refused.</summary>
    public DateTimeOffset Time { get; private set; }

    /// <summary>Prunes where it is time to. False: the mailbox did not answer in the time; without its mark nothing is given out.</summary>
    public async Task<bool> TryPruneAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (_prunedAt is { } then && terms.Time.GetElapsedTime(then) < s_pruneEvery)
        {
            return true;
        }

        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (wait != Timeout.InfiniteTimeSpan)
        {
            soon.CancelAfter(wait > s_leastPatience ? wait : s_leastPatience);
        }

        try
        {
            await PruneAsync(soon.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        long began = terms.Time.GetTimestamp();
        DateTimeOffset now = terms.Time.GetUtcNow();
        DateTimeOffset mark = await records.PruneAsync(now, cancellationToken).ConfigureAwait(false);
        if (terms.ReplayStore is { } store && await store.PruneAsync(now, cancellationToken).ConfigureAwait(false) is var own && own > mark)
        {
            mark = own;
        }

        Time = mark;
        _prunedAt = began;
    }
}
