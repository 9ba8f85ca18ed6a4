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
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiters = [];
    private readonly CancellationTokenSource _end = new();
    private readonly NatsServer _server;
    private readonly MailboxOptions _options;
    private readonly string _subject;
    private readonly string _inbox;
    private readonly Task _reading;
    private Task _givingBack = Task.CompletedTask;
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
        // What came for one who had gone is in the queue again before anybody asks whether there is something.
        await Volatile.Read(ref _givingBack).WaitAsync(cancellationToken).ConfigureAwait(false);
        var waiter = new Waiter(Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture));
        lock (_gate)
        {
            _waiters.Add(waiter);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using NatsRefusals.Asked asked = _server.Refusals.Ask(_subject, stop);
        bool isAnswered = false;
        try
        {
            string ask = wait <= TimeSpan.Zero
                ? """{"batch":1,"no_wait":true}"""
                : $$"""{"batch":1,"expires":{{(long)Math.Max(wait.TotalMilliseconds, 1) * 1_000_000}}}""";
            await _server.TellAsync(_subject, Encoding.ASCII.GetBytes(ask), _inbox + waiter.Name, cancellationToken).ConfigureAwait(false);
            (NatsMsg<byte[]> Message, long Since)? answer = await waiter.Answer.Task.WaitAsync(wait + _options.Timeout, stop.Token).ConfigureAwait(false);
            isAnswered = true;
            return answer;
        }
        catch (TimeoutException e)
        {
            throw _server.Unavailable("the server did not answer in time.", e);
        }
        catch (OperationCanceledException e) when (asked.Refusal is { } said && !cancellationToken.IsCancellationRequested)
        {
            throw _server.Unavailable(said, e);
        }
        finally
        {
            bool isGone;
            lock (_gate)
            {
                isGone = !_waiters.Remove(waiter);
            }

            // It was chosen for a letter at the moment at which it gave up, and is given it now or soon.
            if (isGone && !isAnswered)
            {
                GiveBack(GiveBackAsync(waiter));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _server.Returned -= ForgetAll;
        await _end.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ForgetAll();
        await _givingBack.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task ReadAsync(INatsSub<byte[]> answers)
    {
        try
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
                    GiveBack(GiveBackAsync(answer));
                }
            }
        }
        finally
        {
            await answers.UnsubscribeAsync().ConfigureAwait(false);
            while (answers.Msgs.TryRead(out NatsMsg<byte[]> late))
            {
                if (!string.IsNullOrEmpty(late.ReplyTo))
                {
                    GiveBack(GiveBackAsync(late));
                }
            }

            await answers.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void GiveBack(Task giving)
    {
        lock (_gate)
        {
            _givingBack = _givingBack.IsCompleted ? giving : Task.WhenAll(_givingBack, giving);
        }
    }

    private async Task GiveBackAsync(Waiter gone)
    {
        try
        {
            if (await gone.Answer.Task.ConfigureAwait(false) is { } late)
            {
                await GiveBackAsync(late.Message).ConfigureAwait(false);
            }
        }
        catch (Core.StationException)
        {
            // It was no letter.
        }
    }

    private async Task GiveBackAsync(NatsMsg<byte[]> letter)
    {
        try
        {
            await _server.AskAsync(letter.ReplyTo!, s_nak, s_patience, CancellationToken.None).ConfigureAwait(false);
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
