using System.Globalization;
using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Nats;

/// <summary>A letter that the server gave this consumer. The server takes an acknowledgement from anyone, so only the holder's clock fences.</summary>
internal sealed class NatsLease : MailLease
{
    /// <summary>The header of a dead letter that says why.</summary>
    public const string ReasonHeader = "Station-Reason";

    private readonly NatsServer _server;
    private readonly NatsMsg<byte[]> _message;
    private readonly string _box;
    private readonly TimeSpan _timeout;

    public NatsLease(NatsServer server, string box, MailState state, NatsMsg<byte[]> message, MailboxOptions options, long since)
        : base(SequenceOf(message.ReplyTo!), message.Data ?? [], options, since)
    {
        _server = server;
        _box = box;
        _message = message;
        _timeout = options.Timeout;
        Reason = state == MailState.Waiting ? null : message.Headers is { } headers && headers.TryGetLastValue(ReasonHeader, out string? reason) ? reason : "Unknown";
    }

    /// <inheritdoc/>
    protected override Task RenewCoreAsync(CancellationToken cancellationToken) => AnswerAsync("+WPI", cancellationToken);

    /// <inheritdoc/>
    protected override Task CompleteCoreAsync(CancellationToken cancellationToken) => AnswerAsync("+ACK", cancellationToken);

    /// <inheritdoc/>
    protected override async Task ReturnCoreAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        if (Reason is null)
        {
            string nak = delay <= TimeSpan.Zero ? "-NAK" : string.Create(CultureInfo.InvariantCulture, $"-NAK {{\"delay\": {(long)delay.TotalMilliseconds * 1_000_000}}}");
            await AnswerAsync(nak, cancellationToken).ConfigureAwait(false);
            return;
        }

        await _server.PublishAsync(StationStreams.MailSubject(_box), Body.ToArray(), new NatsJSPubOpts { MsgId = $"{_box}-back-{Name}" }, null, cancellationToken).ConfigureAwait(false);
        await AnswerAsync("+ACK", cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override Task ReleaseCoreAsync(CancellationToken cancellationToken) => AnswerAsync("-NAK", cancellationToken);

    /// <inheritdoc/>
    protected override async Task BuryCoreAsync(string reason, CancellationToken cancellationToken)
    {
        // The original goes when the dead letter is stored. Who dies in between leaves both; the id keeps a second dead letter away.
        await _server.PublishAsync(
            StationStreams.DeadSubject(_box), Body.ToArray(), new NatsJSPubOpts { MsgId = $"{_box}-{Name}" }, new NatsHeaders { [ReasonHeader] = reason }, cancellationToken).ConfigureAwait(false);
        await AnswerAsync("+ACK", cancellationToken).ConfigureAwait(false);
    }

    // Each is answered, so that it is known to have arrived.
    private Task<NatsMsg<byte[]>> AnswerAsync(string word, CancellationToken cancellationToken) =>
        _server.AskAsync(_message.ReplyTo!, Encoding.ASCII.GetBytes(word), _timeout, cancellationToken);

    // $JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<time>.<pending>, or with domain and account before the stream.
    private static string SequenceOf(string replyTo)
    {
        string[] parts = replyTo.Split('.');
        return parts.Length >= 11 ? parts[7] : parts.Length == 9 ? parts[5] : replyTo;
    }
}
