using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Transfers;

/// <summary>
/// A file or a folder that goes to a peer, or a file that comes from one. A live object, thread-safe: it shows how far the transfer is.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing, and Stop may come at any time.")]
public sealed class StationTransfer
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly StationSession _session;
    private long _length;
    private long _done;
    private long _skipped;
    private long _files;
    private long _filesFailed;
    private long _started;
    private volatile string? _path;

    internal StationTransfer(StationSession session, TransferDirection direction, string name, string? path, bool isFolder = false)
    {
        _session = session;
        Direction = direction;
        Name = name;
        _path = path;
        IsFolder = isFolder;
    }

    /// <summary>A short name, unique in this process.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("n")[..8];

    /// <summary>Which way it goes.</summary>
    public TransferDirection Direction { get; }

    /// <summary>How far it is.</summary>
    public TransferState State { get; private set; }

    /// <summary>The name that the peer sees: of a file in a folder, with the folders above it and slashes between them.</summary>
    public string Name { get; }

    /// <summary>Where it is here. Null of a file that comes and has no place yet.</summary>
    public string? Path => _path;

    /// <summary>Whether it is a folder with all that is in it.</summary>
    public bool IsFolder { get; }

    /// <summary>Bytes in all; of a folder, of the files in it that have been begun.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>Bytes that the receiver has, those included that it had before.</summary>
    public long BytesDone => Interlocked.Read(ref _done);

    /// <summary>Bytes of those that the receiver had before, from a transfer that was cut.</summary>
    public long BytesSkipped => Interlocked.Read(ref _skipped);

    /// <summary>Files that are whole at the receiver.</summary>
    public long FilesDone => Interlocked.Read(ref _files);

    /// <summary>Files of a folder that failed; the others go on.</summary>
    public long FilesFailed => Interlocked.Read(ref _filesFailed);

    /// <summary>Bytes a second that went over the session, from the first byte to now or to the end.</summary>
    public double BytesPerSecond
    {
        get
        {
            long started = Interlocked.Read(ref _started);
            double seconds = started == 0 ? 0 : TimeProvider.System.GetElapsedTime(started, EndedStamp).TotalSeconds;
            return seconds <= 0 ? 0 : Math.Max(0, BytesDone - BytesSkipped) / seconds;
        }
    }

    /// <summary>What is left at that rate; null where it cannot be told.</summary>
    public TimeSpan? TimeLeft
    {
        get
        {
            double seconds = (Length - BytesDone) / BytesPerSecond;
            return State == TransferState.Running && !IsFolder && seconds is >= 0 and < 1e9 ? TimeSpan.FromSeconds(seconds) : null;
        }
    }

    /// <summary>How much of it is done; of a folder, of what has been begun.</summary>
    public int PercentComplete => State == TransferState.Completed ? 100 : Length == 0 ? 0 : (int)(100 * ((double)BytesDone / Length));

    /// <summary>The session.</summary>
    public StationSession Session => _session;

    /// <summary>The peer's name, or its fingerprint where it has none.</summary>
    public string? Peer => _session.PeerName ?? _session.RemoteFingerprint;

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>When it ended; null while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Why it failed; of a folder, the first failure of a file. Null where it did not.</summary>
    public StationException? Error { get; private set; }

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => _ended.Task.IsCompleted;

    internal CancellationToken StopToken => _stop.Token;

    private long EndedStamp { get => field == 0 ? TimeProvider.System.GetTimestamp() : field; set; }

    /// <summary>Stops it. What came may be gone on with: send it again. Does nothing on one that has ended.</summary>
    public void Stop()
    {
        if (!HasEnded)
        {
            _stop.Cancel();
        }
    }

    /// <summary>Waits until it is over, however it ends.</summary>
    public Task WaitAsync(CancellationToken cancellationToken = default) => _ended.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({State})";

    internal void SetPath(string path) => _path = path;

    internal void AddLength(long bytes) => Interlocked.Add(ref _length, bytes);

    internal void Compare()
    {
        lock (_gate)
        {
            State = State == TransferState.Waiting ? TransferState.Comparing : State;
        }
    }

    /// <summary>Bytes went, or came.</summary>
    internal void Add(long bytes)
    {
        if (Interlocked.Read(ref _started) == 0)
        {
            Interlocked.CompareExchange(ref _started, TimeProvider.System.GetTimestamp(), 0);
            lock (_gate)
            {
                State = State is TransferState.Waiting or TransferState.Comparing ? TransferState.Running : State;
            }
        }

        Interlocked.Add(ref _done, bytes);
    }

    /// <summary>Bytes need not go; negative: they need, after all.</summary>
    internal void Skip(long bytes)
    {
        Interlocked.Add(ref _done, bytes);
        Interlocked.Add(ref _skipped, bytes);
    }

    internal void AddFile() => Interlocked.Increment(ref _files);

    internal void AddFailure(StationException failure)
    {
        Interlocked.Increment(ref _filesFailed);
        lock (_gate)
        {
            Error ??= failure;
        }
    }

    /// <summary>It is over.</summary>
    internal void End(StationException? failure)
    {
        lock (_gate)
        {
            if (HasEnded)
            {
                return;
            }

            Error ??= failure;
            State = Error is null ? TransferState.Completed : failure?.Fault == StationFault.TransferCanceled && _stop.IsCancellationRequested ? TransferState.Stopped : TransferState.Failed;
            EndedAt = DateTimeOffset.UtcNow;
            EndedStamp = TimeProvider.System.GetTimestamp();
            _ended.TrySetResult();
        }

        TransferAudit.Ended(this);
    }
}
