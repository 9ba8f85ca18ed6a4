using NATS.Client.Core;
using NATS.Client.JetStream.Models;
using SecureStation.Core;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Nats;

/// <summary>The mail or the dead letters of one box: a durable pull consumer of one filter, which all consumers of the box share.</summary>
internal sealed class NatsQueue(NatsServer server, string box, MailState state, MailboxOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan s_longestPull = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private NatsPull? _pull;

    private string Stream => state == MailState.Waiting ? StationStreams.Mail : StationStreams.Dead;

    private string Filter => state == MailState.Waiting ? StationStreams.MailSubject(box) : StationStreams.DeadSubject(box);

    /// <summary>One letter and the clock's timestamp of its arrival, or null where none came in the time, or a little earlier.</summary>
    public async Task<(NatsMsg<byte[]> Message, long Since)?> PullAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        NatsPull pull = await MakeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await pull.NextAsync(wait < TimeSpan.Zero || wait > s_longestPull ? s_longestPull : wait, cancellationToken).ConfigureAwait(false);
        }
        catch (StationException)
        {
            // The server may have come back without the consumer: it is made again.
            if (Interlocked.CompareExchange(ref _pull, null, pull) == pull)
            {
                await pull.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Gives back what comes too late.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _pull, null) is { } pull)
        {
            await pull.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What the server says of the consumer.</summary>
    public async Task<ConsumerInfo> CountAsync(CancellationToken cancellationToken)
    {
        await MakeAsync(cancellationToken).ConfigureAwait(false);
        return await server.DoAsync($"$JS.API.CONSUMER.INFO.{Stream}.{box}", async (js, token) => (await js.GetConsumerAsync(Stream, box, token).ConfigureAwait(false)).Info, cancellationToken).ConfigureAwait(false);
    }

    private async Task<NatsPull> MakeAsync(CancellationToken cancellationToken)
    {
        if (_pull is { } made)
        {
            return made;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_pull is { } meanwhile)
            {
                return meanwhile;
            }

            // MaxDeliver moves nothing anywhere and counts what was fetched, not what was looked at: attempts are counted in the records.
            await server.DoAsync(
                $"$JS.API.CONSUMER.CREATE.{Stream}.{box}",
                (js, token) => js.CreateOrUpdateConsumerAsync(
                    Stream,
                    new ConsumerConfig(box)
                    {
                        FilterSubject = Filter,
                        AckPolicy = ConsumerConfigAckPolicy.Explicit,
                        AckWait = options.LeaseDuration,
                        MaxDeliver = -1,
                        MaxAckPending = 10_000,
                    },
                    token),
                cancellationToken).ConfigureAwait(false);
            return _pull = await NatsPull.StartAsync(server, Stream, box, options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
