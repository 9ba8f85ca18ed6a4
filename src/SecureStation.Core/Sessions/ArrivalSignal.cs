namespace SecureStation.Core.Sessions;

/// <summary>
/// Wakes whoever waits for something to change. Waiters arm it, look again, and only then wait; so nothing is missed.
/// </summary>
internal sealed class ArrivalSignal
{
    private TaskCompletionSource? _waiting;
    private FirstWaiter? _first;

    /// <summary>Whether somebody waits as the first.</summary>
    public bool HasFirst => Volatile.Read(ref _first) is not null;

    /// <summary>A task that completes at the next pulse.</summary>
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

    /// <summary>
    /// As <see cref="Arm"/>, for who alone awaits the task, once: the first one goes on where <see cref="PulseHere"/> is called, without a change of threads.
    /// </summary>
    public Task ArmFirst()
    {
        if (Volatile.Read(ref _first) is null)
        {
            var fresh = new FirstWaiter();
            if (Interlocked.CompareExchange(ref _first, fresh, null) is null)
            {
                return fresh.Task;
            }
        }

        return Arm();
    }

    /// <summary>Gives the first waiter's place up, where it has it: it does not wait after all.</summary>
    public void Disarm(Task armed)
    {
        FirstWaiter? first = Volatile.Read(ref _first);
        if (first?.Task == armed)
        {
            Interlocked.CompareExchange(ref _first, null, first);
        }
    }

    /// <summary>Wakes all who wait, each on a thread of the pool.</summary>
    public void Pulse()
    {
        if (TakeFirst() is { } first)
        {
            ThreadPool.UnsafeQueueUserWorkItem(first, preferLocal: true);
        }

        PulseOthers();
    }

    /// <summary>As <see cref="Pulse"/>, but the first waiter goes on right here. The caller holds no lock, and nobody waits for it.</summary>
    public void PulseHere()
    {
        FirstWaiter? first = TakeFirst();
        PulseOthers();
        first?.Execute();
    }

    private FirstWaiter? TakeFirst() => Volatile.Read(ref _first) is null ? null : Interlocked.Exchange(ref _first, null);

    private void PulseOthers()
    {
        if (Volatile.Read(ref _waiting) is not null)
        {
            Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
        }
    }

    private sealed class FirstWaiter : TaskCompletionSource, IThreadPoolWorkItem
    {
        public void Execute() => TrySetResult();
    }
}
