namespace SecureStation.Core.Sessions;

/// <summary>
/// Wakes whoever waits for something to change. Waiters arm it, look again, and only then wait; so nothing is missed.
/// </summary>
internal sealed class ArrivalSignal
{
    private TaskCompletionSource? _waiting;

    /// <summary>A task that completes at the next <see cref="Pulse"/>.</summary>
    public Task Arm()
    {
        TaskCompletionSource? waiting = Volatile.Read(ref _waiting);
        if (waiting is null)
        {
            // Continuations never run on the session's own threads: user code there could stop it from reading.
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = Interlocked.CompareExchange(ref _waiting, fresh, null) ?? fresh;
        }

        return waiting.Task;
    }

    /// <summary>Wakes all who wait, each on a thread of the pool.</summary>
    public void Pulse()
    {
        if (Volatile.Read(ref _waiting) is not null)
        {
            Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
        }
    }
}
