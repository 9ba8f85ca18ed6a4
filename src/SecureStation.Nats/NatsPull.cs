using System.Globalization;
using System.Text;
using NATS.Client.Core;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Nats;

/// <summary>
/// Asks a pull consumer for letters, one at a time for each who waits. A letter comes under its own subject, so it cannot be told whose question it
/// answers: it goes to who waits longest, and back at once where nobody does any more.
/// </summary>
internal sealed class NatsPull : IAsyncDisposable
{
    private static readonly byte[] s_nak = "-NAK"u8.ToArray();

    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiters = [];
    private readonly CancellationTokenSource _end = new();
    private readonly NatsServer _server;
    private readonly MailboxOptions _options;
    private readonly string _subject;
    private readonly string _inbox;
    private readonly Task _reading;
    private long _number;

    private NatsPull(NatsServer server, string stream, string consumer, MailboxOptions options, INatsSub<byte[]> answers)
    {
        _server = server;
        _options = options;
        _subject = $"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}";
        _inbox = answers.Subject[..^1];
        _reading = ReadAsync(answers);
        server.Returned += ForgetAll;
    }

    public static async Task<NatsPull> StartAsync(NatsServer server, string stream, string consumer, MailboxOptions options, CancellationToken cancellationToken) =>
        new(server, stream, consumer, options, await server.ListenAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>A letter, with the clock's timestamp of its arrival; null where none came in the time, or where to ask again after the server was away.</summary>
    public async Task<(NatsMsg<byte[]> Message, long Since)?> NextAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture));
        lock (_gate)
        {
            _waiters.Add(waiter);
        }

        try
        {
            string ask = wait <= TimeSpan.Zero
                ? """{"batch":1,"no_wait":true}"""
                : $$"""{"batch":1,"expires":{{(long)Math.Max(wait.TotalMilliseconds, 1) * 1_000_000}}}""";
            await _server.TellAsync(_subject, Encoding.ASCII.GetBytes(ask), _inbox + waiter.Name, cancellationToken).ConfigureAwait(false);
            return await waiter.Answer.Task.WaitAsync(wait + _options.Timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw _server.Unavailable("the server did not answer in time.", e);
        }
        finally
        {
            bool isGone;
            lock (_gate)
            {
                isGone = !_waiters.Remove(waiter);
            }

            // It was given a letter at the moment at which it gave up.
            if (isGone && cancellationToken.IsCancellationRequested && waiter.Answer.Task is { IsCompletedSuccessfully: true, Result: { } late })
            {
                _ = GiveBackAsync(late.Message);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _server.Returned -= ForgetAll;
        await _end.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ForgetAll();
        _end.Dispose();
    }

    private async Task ReadAsync(INatsSub<byte[]> answers)
    {
        await using (answers)
        {
            await foreach (NatsMsg<byte[]> answer in answers.Msgs.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                // 404 no letters, 408 the time is over, 409 the consumer or server goes away, 503 nobody is there.
                if (string.IsNullOrEmpty(answer.ReplyTo))
                {
                    Find(answer.Subject[(answer.Subject.LastIndexOf('.') + 1)..])?.Conclude(answer.Headers?.Code switch
                    {
                        null or 404 or 408 => null,
                        503 => _server.Unavailable("nobody answers for its letters: JetStream is off, its leader is being chosen, or the stream or consumer is gone."),
                        _ => _server.Unavailable(answer.Headers!.MessageText),
                    });
                }
                else if (Find(name: null) is { } waiter)
                {
                    waiter.Answer.TrySetResult((answer, _options.Time.GetTimestamp()));
                }
                else
                {
                    await GiveBackAsync(answer).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task GiveBackAsync(NatsMsg<byte[]> letter)
    {
        try
        {
            await _server.TellAsync(letter.ReplyTo!, s_nak, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Core.StationException)
        {
            // Then it comes again when its time is over.
        }
    }

    private Waiter? Find(string? name)
    {
        lock (_gate)
        {
            Waiter? found = name is null ? _waiters.FirstOrDefault() : _waiters.Find(waiter => waiter.Name == name);
            return found is not null && _waiters.Remove(found) ? found : null;
        }
    }

    // What was asked of a server that was away is not answered any more.
    private void ForgetAll()
    {
        Waiter[] all;
        lock (_gate)
        {
            all = [.. _waiters];
            _waiters.Clear();
        }

        foreach (Waiter waiter in all)
        {
            waiter.Conclude(null);
        }
    }

    private sealed class Waiter(string name)
    {
        public string Name { get; } = name;

        public TaskCompletionSource<(NatsMsg<byte[]> Message, long Since)?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Conclude(Exception? failure)
        {
            if (failure is null)
            {
                Answer.TrySetResult(null);
            }
            else
            {
                Answer.TrySetException(failure);
            }
        }
    }
}
