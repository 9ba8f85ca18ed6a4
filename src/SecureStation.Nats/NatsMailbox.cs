using System.Collections.Concurrent;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SecureStation.Core;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Nats;

/// <summary>A mailbox on NATS JetStream (docs/protocol/mailbox.md): for many machines, with replicas.</summary>
public sealed class NatsMailbox : IStationMailbox
{
    // What headers may take of the largest message.
    private const int HeaderRoom = 1024;

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly NatsServer _server;
    private readonly MailboxOptions _options;
    private readonly ConcurrentDictionary<(string Box, MailState State), NatsQueue> _queues = new();

    private NatsMailbox(NatsServer server, MailboxOptions options)
    {
        _server = server;
        _options = options;
        MaxLetter = Math.Max(4096, server.MaxPayload - HeaderRoom);
        Objects = new NatsObjects(server, Math.Min(MaxLetter, 512 * 1024));
    }

    /// <inheritdoc/>
    public string Address => _server.Address;

    /// <inheritdoc/>
    public string Engine => "nats";

    /// <inheritdoc/>
    public int MaxLetter { get; }

    /// <summary>The address.</summary>
    public override string ToString() => Address;

    /// <inheritdoc/>
    public IMailObjects Objects { get; }

    /// <summary>Connects. With <see cref="MailboxOptions.Create"/> the streams are made that are missing, which is an administrator's right.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.MailboxUnavailable"/>: no server, refused credentials, no stream or one that could lose mail; it says which.
    /// </exception>
    public static async Task<NatsMailbox> ConnectAsync(string address, MailboxOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        options ??= new MailboxOptions();
        NatsServer server = await NatsServer.ConnectAsync(address, options, cancellationToken).ConfigureAwait(false);
        try
        {
            await (options.Create ? StationStreams.CreateAsync(server, options, cancellationToken) : StationStreams.CheckAsync(server, options, cancellationToken)).ConfigureAwait(false);
            return new NatsMailbox(server, options);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task PutAsync(string box, MailboxLetter letter, bool isDurable, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        MailboxErrors.RequireBox(box);
        if (letter.Body.Length > MaxLetter)
        {
            throw MailboxErrors.TooLarge(Address, letter.Body.Length, MaxLetter);
        }

        // JetStream's acknowledgement is all it gives, whether it was asked for or not; how safe that is, is the server's setting.
        await _server.PublishAsync(StationStreams.MailSubject(box), letter.Body.ToArray(), new NatsJSPubOpts { MsgId = letter.Id }, null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<MailLease?> TakeAsync(string box, MailState state, TimeSpan wait, CancellationToken cancellationToken)
    {
        // What the server is asked on the way has time-outs of its own, longer than somebody may want to wait. One that is there and busy is given time.
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (wait != Timeout.InfiniteTimeSpan)
        {
            bound.CancelAfter(wait + (_server.IsAway ? s_grace : _options.Timeout / 2));
        }

        try
        {
            return await TakeWithinAsync(box, state, wait, bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw _server.Unavailable("the server did not answer in time.", e);
        }
    }

    private async Task<MailLease?> TakeWithinAsync(string box, MailState state, TimeSpan wait, CancellationToken cancellationToken)
    {
        NatsQueue from = Queue(box, state);
        long began = Environment.TickCount64;
        while (true)
        {
            TimeSpan left = wait == Timeout.InfiniteTimeSpan ? wait : wait - TimeSpan.FromMilliseconds(Environment.TickCount64 - began);
            if (await TryPullAsync(from, left <= TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : left, cancellationToken).ConfigureAwait(false) is { } letter)
            {
                // The server's time began before the letter arrived, by its way here. Half a second less for the holder makes up for that.
                return new NatsLease(_server, box, state, letter.Message, _options, letter.Since - (_options.Time.TimestampFrequency / 2));
            }

            if (wait != Timeout.InfiniteTimeSpan && Environment.TickCount64 - began >= wait.TotalMilliseconds)
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<MailboxCounts> CountAsync(string box, CancellationToken cancellationToken)
    {
        ConsumerInfo mail = await Queue(box, MailState.Waiting).CountAsync(cancellationToken).ConfigureAwait(false);
        ConsumerInfo dead = await Queue(box, MailState.Dead).CountAsync(cancellationToken).ConfigureAwait(false);
        return new MailboxCounts((long)mail.NumPending, mail.NumAckPending, (long)dead.NumPending + dead.NumAckPending);
    }

    /// <inheritdoc/>
    public IMailRecords OpenRecords(string box) => new NatsRecords(_server, MailboxErrors.RequireBox(box));

    /// <inheritdoc/>
    public Task PutCardAsync(string box, ReadOnlyMemory<byte> card, CancellationToken cancellationToken) =>
        _server.PublishAsync(StationStreams.CardSubject(MailboxErrors.RequireBox(box)), card.ToArray(), null, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<byte[]?> FindCardAsync(string box, CancellationToken cancellationToken) =>
        (await _server.FindLastAsync(StationStreams.Cards, StationStreams.CardSubject(MailboxErrors.RequireBox(box)), cancellationToken).ConfigureAwait(false))?.Body;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (NatsQueue queue in _queues.Values)
        {
            await queue.DisposeAsync().ConfigureAwait(false);
        }

        await _server.DisposeAsync().ConfigureAwait(false);
    }

    // Who waits for mail waits for a server too that was killed and comes back.
    private async Task<(NatsMsg<byte[]> Message, long Since)?> TryPullAsync(NatsQueue from, TimeSpan wait, CancellationToken cancellationToken)
    {
        long began = Environment.TickCount64;
        int connections = _server.Connections;
        while (true)
        {
            try
            {
                return await from.PullAsync(wait, cancellationToken).ConfigureAwait(false);
            }
            catch (StationException e) when (e.Fault == StationFault.MailboxUnavailable && (_server.IsAway || _server.Connections != connections)
                && Environment.TickCount64 - began < (wait == Timeout.InfiniteTimeSpan || wait > _options.Patience ? _options.Patience : wait).TotalMilliseconds)
            {
                await Task.Delay(200, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private NatsQueue Queue(string box, MailState state) =>
        _queues.GetOrAdd((MailboxErrors.RequireBox(box), state), key => new NatsQueue(_server, key.Box, key.State, _options));
}
