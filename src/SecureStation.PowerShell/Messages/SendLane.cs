using SecureStation.Core;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation;

/// <summary>
/// One of the many that messages go to: they are sent in order, at the pace of this one alone. Where it has failed nothing more is sent, or it would
/// overtake what was not.
/// </summary>
/// <param name="peer">How its results name it.</param>
/// <param name="session">The session; null where there is none.</param>
/// <param name="timeout">How long a message may wait for room, and then for its delivery.</param>
/// <param name="awaitsDelivery">Whether its results are those of delivery.</param>
/// <param name="stop">Ends all waits.</param>
internal sealed class SendLane(string peer, StationSession? session, TimeSpan timeout, bool awaitsDelivery, CancellationToken stop)
{
    // What may wait to be sent to one that is slower than the others; more would fill the memory of the sender.
    private const long MaxWaitingBytes = 64L * 1024 * 1024;
    private const int MaxWaiting = 8192;

    private Task<(ulong Id, StationException? Error)> _last = Task.FromResult<(ulong, StationException?)>((0, null));
    private long _waitingBytes;
    private int _waiting;

    public StationSession? Session => session;

    /// <summary>Whether so little waits that the next message may come.</summary>
    public bool IsReady => Volatile.Read(ref _waiting) < 64 && Interlocked.Read(ref _waitingBytes) < 1024 * 1024;

    /// <summary>Sends a message after those before it. Never fails: the result says what became of it.</summary>
    public Task<StationSendResult> Send(OutgoingMessage message)
    {
        bool isFull = Volatile.Read(ref _waiting) >= MaxWaiting || Interlocked.Read(ref _waitingBytes) >= MaxWaitingBytes;
        Interlocked.Increment(ref _waiting);
        Interlocked.Add(ref _waitingBytes, message.Body.Length);
        _last = SendAfterAsync(_last, message, isFull);
        return FinishAsync(_last, message);
    }

    private async Task<(ulong Id, StationException? Error)> SendAfterAsync(Task<(ulong Id, StationException? Error)> before, OutgoingMessage message, bool isFull)
    {
        try
        {
            (_, StationException? failure) = await before.ConfigureAwait(false);
            if (failure is not null)
            {
                return (0, failure);
            }

            if (session is null)
            {
                return (0, new StationException(StationFault.SessionClosed, $"{peer} has no open session here."));
            }

            return isFull
                ? (0, new StationException(StationFault.Timeout, $"{peer} takes messages too slowly: {MaxWaiting} messages, or 64 MiB, wait for it."))
                : (await Bound(token => session.QueueAsync(message, token).AsTask(), $"{peer} did not take what was sent before").ConfigureAwait(false), null);
        }
        catch (StationException e)
        {
            return (0, e);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            Interlocked.Add(ref _waitingBytes, -message.Body.Length);
        }
    }

    private async Task<StationSendResult> FinishAsync(Task<(ulong Id, StationException? Error)> sending, OutgoingMessage message)
    {
        (ulong id, StationException? error) = await sending.ConfigureAwait(false);
        if (error is null)
        {
            try
            {
                await Bound(
                    async token =>
                    {
                        await (awaitsDelivery ? session!.WaitDeliveredAsync(id, token) : session!.WaitStoredAsync(id, token)).ConfigureAwait(false);
                        return true;
                    },
                    awaitsDelivery ? $"{peer} did not confirm message {id}" : $"The state did not take message {id} to {peer}").ConfigureAwait(false);
            }
            catch (StationException e)
            {
                error = e;
            }
        }

        return new StationSendResult(peer, session, id, message.Body.Length, error, isDelivered: error is null && awaitsDelivery);
    }

    private async Task<T> Bound<T>(Func<CancellationToken, Task<T>> work, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        try
        {
            return await work(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw new StationException(StationFault.Timeout, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what} within {timeout.TotalSeconds:0.###} s."), e);
        }
    }
}
