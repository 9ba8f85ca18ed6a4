using System.Globalization;
using System.Text;
using NATS.Client.JetStream;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Nats;

/// <summary>
/// Records in a key-value bucket: <c>$KV.STATION_ID.BOX.KEY</c> is the number of attempts as text, or <c>done</c>. They go two days after the longest life
/// of mail, by the same server's clock that ends the mail, so there is no mark to raise.
/// </summary>
internal sealed class NatsRecords(NatsServer server, string box) : IMailRecords
{
    private static readonly byte[] s_done = "done"u8.ToArray();

    /// <inheritdoc/>
    public async Task<MailRecord> OpenAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        string subject = StationStreams.RecordSubject(box, key);
        if (await server.TryPublishAsync(subject, [(byte)'1'], new NatsJSPubOpts { ExpectedLastSubjectSequence = 0 }, null, cancellationToken).ConfigureAwait(false) is { } made)
        {
            return new MailRecord(IsNew: true, IsDone: false, Attempts: 1, made.Seq);
        }

        // A replica may not have it yet; that there is one is known by now.
        return await FindAsync(key, expires, cancellationToken).ConfigureAwait(false) ?? new MailRecord(IsNew: false, IsDone: false, Attempts: 1);
    }

    /// <inheritdoc/>
    public async Task<MailRecord?> FindAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) =>
        await server.FindLastAsync(StationStreams.Records, StationStreams.RecordSubject(box, key), cancellationToken).ConfigureAwait(false) is { } found
            ? new MailRecord(IsNew: false, found.Body.AsSpan().SequenceEqual(s_done), Attempts(found.Body), found.Sequence)
            : null;

    /// <inheritdoc/>
    public Task CountAttemptAsync(MailRecordKey key, DateTimeOffset expires, MailRecord record, CancellationToken cancellationToken) =>

        // Whoever wrote meanwhile counted the same or wrote that it is done: that stands.
        server.TryPublishAsync(
            StationStreams.RecordSubject(box, key),
            Encoding.ASCII.GetBytes((record.Attempts + 1).ToString(CultureInfo.InvariantCulture)),
            new NatsJSPubOpts { ExpectedLastSubjectSequence = record.Revision },
            null,
            cancellationToken);

    /// <inheritdoc/>
    public Task MarkDoneAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) =>
        server.PublishAsync(StationStreams.RecordSubject(box, key), s_done, null, null, cancellationToken);

    /// <inheritdoc/>
    public Task ResetAsync(MailRecordKey key, DateTimeOffset expires, CancellationToken cancellationToken) =>
        server.PublishAsync(StationStreams.RecordSubject(box, key), [(byte)'0'], null, null, cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset> PruneAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult(DateTimeOffset.UnixEpoch);

    private static int Attempts(byte[] body) =>
        int.TryParse(Encoding.ASCII.GetString(body), NumberStyles.None, CultureInfo.InvariantCulture, out int attempts) ? attempts : 1;
}
