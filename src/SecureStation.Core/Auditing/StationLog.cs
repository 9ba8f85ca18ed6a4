using System.Threading.Channels;

namespace SecureStation.Core.Auditing;

/// <summary>
/// Writes what the trail tells into a file, one line each, chained by their hashes. It writes behind the events, so that nobody waits for the disk; what
/// was told is in the file a moment later, also when the process is killed then. One writer a file at a time. Thread-safe.
/// </summary>
public sealed class StationLog : IAsyncDisposable
{
    private const int MaxWaiting = 8192;

    private readonly Channel<(AuditEvent Event, DateTimeOffset Time)> _waiting =
        Channel.CreateBounded<(AuditEvent, DateTimeOffset)>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private readonly FloodGate _flood = new();
    private readonly StationLogWriter _writer;
    private readonly TimeProvider _clock;
    private readonly IDisposable _watch;
    private readonly Task _writing;
    private long _lost;
    private long _lostInAll;
    private int _isStopped;

    private StationLog(StationLogWriter writer, TimeProvider clock)
    {
        _writer = writer;
        _clock = clock;
        _watch = AuditTrail.Watch(Take);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The file.</summary>
    public string Path => _writer.Path;

    /// <summary>Entries in the file.</summary>
    public long EntryCount => _writer.EntryCount;

    /// <summary>Events that were not written: too many at once, or the disk did not take them.</summary>
    public long Lost => Interlocked.Read(ref _lostInAll);

    /// <summary>The hash of the last entry; see <see cref="StationLogReport.LastHash"/>.</summary>
    public string? LastHash => _writer.LastHash;

    /// <summary>Why the last attempt to write failed; null where it did not.</summary>
    public StationException? Failure => _writer.Failure;

    /// <summary>Whether it is being written.</summary>
    public bool IsRunning => Volatile.Read(ref _isStopped) == 0;

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Opens a log, or begins one, and writes to it from now on. A last line that a killed writer left torn is cut off, and the log says so.</summary>
    /// <param name="path">The file; only its owner may read a new one. Beside it stands an empty one, <c>.lock</c>.</param>
    /// <param name="clock">The clock; null for the machine's.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.StorageFailed"/>, also where it is being written already; <see cref="StationFault.LogDamaged"/>: its last line is none of a log.
    /// </exception>
    public static StationLog Start(string path, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        return new StationLog(StationLogWriter.Open(path, clock), clock);
    }

    /// <summary>Writes what has been told, and that the log ends.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>: the end could not be written.</exception>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) == 0)
        {
            _watch.Dispose();
            _waiting.Writer.TryComplete();
        }

        await _writing.ConfigureAwait(false);
        if (Failure is { } failure)
        {
            throw new StationException(failure.Fault, failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync().ConfigureAwait(false);
        }
        catch (StationException)
        {
            // It is in Failure.
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Path;

    private void Take(AuditEvent happened)
    {
        if (!_waiting.Writer.TryWrite((happened, _clock.GetUtcNow())))
        {
            Interlocked.Increment(ref _lost);
            Interlocked.Increment(ref _lostInAll);
        }
    }

    private async Task WriteAsync()
    {
        await using StationLogWriter writer = _writer;
        Task<bool> more = _waiting.Reader.WaitToReadAsync().AsTask();
        while (true)
        {
            if (_flood.NextDue is { } due && !more.IsCompleted)
            {
                TimeSpan wait = due - _clock.GetUtcNow();
                await Task.WhenAny(more, Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _clock)).ConfigureAwait(false);
            }
            else
            {
                await more.ConfigureAwait(false);
            }

            bool isOver = more.IsCompleted && !await more.ConfigureAwait(false);
            WriteWaiting(isOver);
            if (isOver)
            {
                return;
            }

            if (more.IsCompleted)
            {
                more = _waiting.Reader.WaitToReadAsync().AsTask();
            }
        }
    }

    private void WriteWaiting(bool isOver)
    {
        while (_waiting.Reader.TryRead(out (AuditEvent Event, DateTimeOffset Time) one))
        {
            if (_flood.TryPass(one.Event, one.Time))
            {
                Write(one.Event, one.Time, count: 1);
            }
        }

        DateTimeOffset now = _clock.GetUtcNow();
        foreach ((AuditEvent held, long count) in _flood.TakeDue(now, isOver))
        {
            Write(held, now, count);
        }

        if (isOver)
        {
            Write(new AuditEvent(AuditEventKind.LogStopped), now, count: 1);
        }
    }

    private void Write(AuditEvent happened, DateTimeOffset time, long count)
    {
        // What was lost is said first, so that the order in the file is the order of things.
        long lost = Interlocked.Exchange(ref _lost, 0);
        if (lost > 0 && !_writer.TryWrite(new AuditEvent(AuditEventKind.Lost), time, lost))
        {
            Interlocked.Add(ref _lost, lost);
        }

        if (!_writer.TryWrite(happened, time, count))
        {
            Interlocked.Add(ref _lost, count);
            Interlocked.Add(ref _lostInAll, count);
        }
    }
}
