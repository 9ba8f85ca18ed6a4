using System.Diagnostics.CodeAnalysis;

namespace SecureStation.Core.Transfers;

/// <summary>
/// Threads for work that waits for a disk: a few of a session's own, which come when there is work and go when there is none. On the threads of the
/// pool a disk that hangs would keep sessions from being served.
/// </summary>
internal sealed class DiskThreads : TaskScheduler
{
    private const int MaxThreads = 4;
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(2);

    [ThreadStatic]
    private static DiskThreads? s_current;

    private readonly object _gate = new();
    private readonly Queue<Task> _tasks = new();
    private int _threads;
    private int _idle;

    public override int MaximumConcurrencyLevel => MaxThreads;

    /// <summary>Runs work here; its awaits come back here too where they do not say otherwise.</summary>
    public Task RunAsync(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _tasks.Enqueue(task);
            if (_idle > 0)
            {
                Monitor.Pulse(_gate);
            }
            else if (_threads < MaxThreads)
            {
                _threads++;
                new Thread(Run) { IsBackground = true, Name = "SecureStation disk" }.Start();
            }
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && s_current == this && TryExecuteTask(task);

    [ExcludeFromCodeCoverage(Justification = "For debuggers.")]
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _tasks];
        }
    }

    private void Run()
    {
        s_current = this;
        while (TryTake(out Task? task))
        {
            TryExecuteTask(task);
        }
    }

    private bool TryTake([NotNullWhen(true)] out Task? task)
    {
        lock (_gate)
        {
            while (!_tasks.TryDequeue(out task))
            {
                _idle++;
                bool isPulsed = Monitor.Wait(_gate, s_idle);
                _idle--;
                if (!isPulsed && _tasks.Count == 0)
                {
                    _threads--;
                    return false;
                }
            }

            return true;
        }
    }
}
