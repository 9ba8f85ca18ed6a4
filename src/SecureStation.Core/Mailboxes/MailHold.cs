namespace SecureStation.Core.Mailboxes;

/// <summary>A letter that a consumer holds, with its record: what is done to it in the order that loses nothing.</summary>
internal sealed class MailHold(IStationMailbox mailbox, string box, MailLease lease, IMailRecords records, IMailRecords? replayStore, Action<MailLease> onEnd)
{
    public IStationMailbox Mailbox { get; } = mailbox;

    public MailLease Lease { get; } = lease;

    /// <summary>The record's key and life, once the letter is opened.</summary>
    public (MailRecordKey Key, DateTimeOffset Expires)? Record { get; set; }

    /// <summary>What of it lies elsewhere.</summary>
    public MailObjectReference? Object { get; set; }

    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        if (Lease.Reason is not null || Record is not { } record || !Lease.IsHeld)
        {
            // A dead letter has nothing to be remembered; who holds nothing is told so, and nothing is done.
            await EndAsync(Lease.CompleteAsync, cancellationToken).ConfigureAwait(false);
            await RemoveObjectAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await MarkDoneAsync(record.Key, record.Expires, cancellationToken).ConfigureAwait(false);
        }
        catch (StationException e) when (e.Fault == StationFault.MailboxFull)
        {
            // The letter has to go first, to make room. Until it is written that it is done, a copy of it would be given out marked.
            await EndAsync(Lease.CompleteAsync, cancellationToken).ConfigureAwait(false);
            await RemoveObjectAsync(cancellationToken).ConfigureAwait(false);
            await TryMarkDoneAsync(record.Key, record.Expires, cancellationToken).ConfigureAwait(false);
            return;
        }

        // From here on it is done: a letter that stays is removed by who finds it, because its record says so.
        try
        {
            await EndAsync(Lease.CompleteAsync, cancellationToken).ConfigureAwait(false);
            await RemoveObjectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StationException e) when (e.Fault is StationFault.LeaseLost or StationFault.MailboxUnavailable)
        {
            onEnd(Lease);
        }
    }

    public async Task DenyAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        if (Lease.Reason is not null && Lease.IsHeld && Record is { } record)
        {
            await records.ResetAsync(record.Key, record.Expires, cancellationToken).ConfigureAwait(false);
        }

        await EndAsync(token => Lease.ReturnAsync(delay, token), cancellationToken).ConfigureAwait(false);
    }

    public Task BuryAsync(string reason, CancellationToken cancellationToken) => EndAsync(token => Lease.BuryAsync(reason, token), cancellationToken);

    /// <summary>Gives it back as it was.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => EndAsync(Lease.ReleaseAsync, cancellationToken);

    private async Task MarkDoneAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        await records.MarkDoneAsync(key, expires, cancellationToken).ConfigureAwait(false);
        if (replayStore is not null)
        {
            await replayStore.MarkDoneAsync(key, expires, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TryMarkDoneAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        try
        {
            await MarkDoneAsync(key, expires, cancellationToken).ConfigureAwait(false);
        }
        catch (StationException e) when (e.Fault is StationFault.MailboxFull or StationFault.MailboxUnavailable)
        {
            // The letter is gone all the same.
        }
    }

    private async Task EndAsync(Func<CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        await act(cancellationToken).ConfigureAwait(false);
        onEnd(Lease);
    }

    private Task RemoveObjectAsync(CancellationToken cancellationToken) =>
        Object is { } large && Mailbox.Objects is { } objects ? objects.RemoveAsync(box, large.Name, large.Length, cancellationToken) : Task.CompletedTask;
}
