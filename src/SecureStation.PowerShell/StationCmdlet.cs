using System.Collections.Concurrent;
using System.Management.Automation;
using SecureStation.Core;

namespace SecureStation;

/// <summary>
/// What all cmdlets share: one cancellation, the bridge to asynchronous code, and one way from a failure to an ErrorRecord.
/// </summary>
/// <remarks>
/// Only the pipeline thread writes. Background work that has something to say posts it (<see cref="Post"/>), and the waits of <c>Await</c>
/// run what was posted.
/// </remarks>
public abstract partial class StationCmdlet : PSCmdlet, IDisposable
{
    // How long a stopped pipeline waits for work that was told to stop, before it leaves it to itself.
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly SemaphoreSlim _signal = new(0);

    // Made once: it runs for each record.
    private readonly Action _processInput;

    /// <summary>For the cmdlets.</summary>
    protected StationCmdlet() => _processInput = ProcessInput;

    /// <summary>Cancelled by Ctrl+C, and by anything else that stops the pipeline.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <summary>What an error is about where the cmdlet says nothing else.</summary>
    protected virtual object? ErrorTarget => null;

    /// <inheritdoc/>
    protected sealed override void BeginProcessing() => Guard(Begin, isTerminating: true);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(_processInput, isTerminating: false);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(EndCommand, isTerminating: false);

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command ended while the stop was on its way.
        }
    }

    /// <summary>Runs once before the first input. A failure ends the command.</summary>
    protected virtual void BeginCommand()
    {
    }

    /// <summary>Runs for each input. A failure is written and the next input follows.</summary>
    protected virtual void ProcessInput()
    {
    }

    /// <summary>Runs once after the last input.</summary>
    protected virtual void EndCommand()
    {
    }

    /// <summary>Waits on the pipeline thread for asynchronous work.</summary>
    /// <param name="work">Starts the work; it is given a token that Ctrl+C and the deadline cancel.</param>
    /// <param name="deadline">When to give up. Work that is done at once succeeds even if it has passed: that is how 0 polls.</param>
    /// <param name="what">What is waited for, for the text of the time-out: "Nothing came", "The peer did not answer".</param>
    /// <param name="abandoned">Takes a result that comes after the pipeline was stopped, to dispose of it.</param>
    /// <exception cref="StationException"><see cref="StationFault.Timeout"/>: the deadline passed.</exception>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    private protected T Await<T>(Func<CancellationToken, Task<T>> work, Deadline deadline, string what, Action<T>? abandoned = null)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        return Await(work(cancel.Token), cancel, deadline, what, abandoned);
    }

    /// <summary>Waits for work that has begun with the token of <paramref name="cancel"/>, itself linked to <see cref="StopToken"/>.</summary>
    /// <inheritdoc cref="Await{T}(Func{CancellationToken, Task{T}}, Deadline, string, Action{T})"/>
    private protected T Await<T>(Task<T> task, CancellationTokenSource cancel, Deadline deadline, string what, Action<T>? abandoned = null)
    {
        try
        {
            if (!task.IsCompleted)
            {
                cancel.CancelAfter(deadline.Remaining);
                WaitAndPump(task, cancel.Token);
                cancel.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            T result = task.GetAwaiter().GetResult();
            if (abandoned is not null && StopToken.IsCancellationRequested)
            {
                throw new PipelineStoppedException();
            }

            return result;
        }
        catch (PipelineStoppedException)
        {
            Abandon(task, abandoned);
            throw;
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            Abandon(task, abandoned);
            throw new PipelineStoppedException();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Abandon(task, abandoned);
            throw TimedOut(deadline, what);
        }
    }

    /// <inheritdoc cref="Await{T}(Func{CancellationToken, Task{T}}, Deadline, string, Action{T})"/>
    private protected void Await(Func<CancellationToken, Task> work, Deadline deadline, string what) =>
        Await(
            async token =>
            {
                await work(token).ConfigureAwait(false);
                return true;
            },
            deadline,
            what);

    /// <summary>Runs work that computes for long where Ctrl+C can leave it.</summary>
    /// <param name="work">Looks at the token where it can.</param>
    /// <param name="abandoned">Frees a result that comes too late.</param>
    private protected T Compute<T>(Func<CancellationToken, T> work, Action<T>? abandoned = null) =>
        Await(token => Task.Run(() => work(token), token), Deadline.After(Deadline.Infinite), "The computation did not end", abandoned);

    /// <inheritdoc cref="Compute{T}(Func{CancellationToken, T}, Action{T})"/>
    private protected T Compute<T>(Func<T> work)
        where T : IDisposable =>
        Compute(_ => work(), abandoned: late => late.Dispose());

    /// <summary>Has the pipeline thread do something as soon as it waits: write a record, a warning, progress.</summary>
    protected void Post(Action action)
    {
        _posted.Enqueue(action);
        _signal.Release();
    }

    /// <summary>Writes a failure about <paramref name="target"/> and goes on.</summary>
    protected void WriteFailure(Exception exception, object? target) =>
        WriteError(StationErrors.Record(exception, target ?? ErrorTarget));

    /// <summary>Releases what the cmdlet holds.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
            _signal.Dispose();
        }
    }

    /// <summary>The failure of a deadline.</summary>
    private protected static StationException TimedOut(Deadline deadline, string what) =>
        new(StationFault.Timeout, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what} within {deadline.Seconds} s."));

    /// <summary>What is said to who gives an empty passphrase.</summary>
    private protected virtual string WithoutPassphrase => "where none is wanted, leave the parameter out";

    private void Begin()
    {
        PassphraseAttribute.RefuseEmpty(MyInvocation.BoundParameters, WithoutPassphrase);
        FingerprintSourceAttribute.RefuseEmpty(MyInvocation.BoundParameters);
        BeginCommand();
    }

    private void Guard(Action step, bool isTerminating)
    {
        try
        {
            step();
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception failure) when (failure is StationException or IOException or UnauthorizedAccessException)
        {
            ErrorRecord record = StationErrors.Record(failure, ErrorTarget);
            if (isTerminating)
            {
                ThrowTerminatingError(record);
            }

            WriteError(record);
        }
    }

    // The wait ends when the task does, and a little after its token is cancelled even if the task does not heed that.
    private void WaitAndPump(Task task, CancellationToken cancelled)
    {
        if (!task.IsCompleted)
        {
            _ = task.ContinueWith(_ => Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        while (!task.IsCompleted)
        {
            try
            {
                _signal.Wait(cancelled);
            }
            catch (OperationCanceledException)
            {
                RunPosted();
                WaitOut(task);
                if (!task.IsCompleted)
                {
                    throw;
                }
            }

            RunPosted();
        }

        RunPosted();
    }

    // What the work achieved in spite of the deadline counts: a message that was taken must not be lost.
    private static void WaitOut(Task task)
    {
        try
        {
            task.Wait(s_stopPatience);
        }
        catch (AggregateException)
        {
            // The caller looks at the task itself.
        }
    }

    private void RunPosted()
    {
        while (_posted.TryDequeue(out Action? action))
        {
            action();
        }
    }

    private void Wake()
    {
        try
        {
            _signal.Release();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet was stopped and is gone; nobody waits any more.
        }
    }

    private static void Abandon<T>(Task<T> task, Action<T>? abandoned) =>
        _ = task.ContinueWith(
            late =>
            {
                if (late.IsCompletedSuccessfully)
                {
                    abandoned?.Invoke(late.Result);
                }
                else
                {
                    _ = late.Exception;
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
