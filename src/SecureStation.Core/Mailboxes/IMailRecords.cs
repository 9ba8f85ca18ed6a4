namespace SecureStation.Core.Mailboxes;

/// <summary>
/// What was given out of a box, so that it is not given out again unmarked. The engines deliver at least once; the record of a message, keyed by
/// its sender and id, is made by one consumer only.
/// </summary>
public interface IMailRecords
{
    /// <summary>Makes the record of a message that was never given out, with one attempt; or gives the one that is there, as it is.</summary>
    /// <param name="key">Whose it is.</param>
    /// <param name="expires">When the message expires: its record is kept two days longer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<MailRecord> OpenAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>The record as it is; null where there is none.</summary>
    Task<MailRecord?> FindAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Counts one more attempt of a record that <see cref="OpenAsync"/> found.</summary>
    Task CountAttemptAsync(MailRecordKey key, DateTimeOffset expires, MailRecord record, CancellationToken cancellationToken);

    /// <summary>Writes that the message is done, so that every further copy is removed and not given.</summary>
    Task MarkDoneAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Counts attempts from nothing again, for a dead letter that is put back. It stays known as given.</summary>
    Task ResetAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets the records of what expired more than two days ago. Where that is this side's to do, it raises the mark first below which
    /// nothing is given any more; the mark never goes back, whatever the clock does.
    /// </summary>
    /// <returns>The mark: a message that expires before it is refused.</returns>
    Task<DateTimeOffset> PruneAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
