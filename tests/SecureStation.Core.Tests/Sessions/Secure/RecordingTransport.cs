using SecureStation.Core.Transport;

namespace SecureStation.Core.Tests.Sessions.Secure;

/// <summary>Writes down who wrote and how much at once; a test may hold a write, or make the next one fail.</summary>
internal sealed class RecordingTransport(ITransport inner) : ITransport
{
    private readonly Lock _gate = new();
    private readonly List<(int Thread, int Length)> _writes = [];
    private TaskCompletionSource? _hold;
    private bool _isBroken;

    public string LocalAddress => inner.LocalAddress;

    public string RemoteAddress => inner.RemoteAddress;

    public bool IsAborted { get; private set; }

    public bool IsDisposed { get; private set; }

    public (int Thread, int Length)[] Writes
    {
        get
        {
            lock (_gate)
            {
                return [.. _writes];
            }
        }
    }

    /// <summary>Holds every write from now on, until the result is disposed.</summary>
    public void Hold() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        TaskCompletionSource? hold = _hold;
        _hold = null;
        hold?.SetResult();
    }

    public void Break() => _isBroken = true;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(buffer, cancellationToken);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _writes.Add((Environment.CurrentManagedThreadId, data.Length));
        }

        if (_isBroken)
        {
            throw new IOException("broken");
        }

        if (_hold is { } hold)
        {
            await hold.Task.WaitAsync(cancellationToken);
        }

        await inner.WriteAsync(data, cancellationToken);
    }

    public ValueTask CompleteWritesAsync() => inner.CompleteWritesAsync();

    public void Abort()
    {
        IsAborted = true;
        inner.Abort();
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return inner.DisposeAsync();
    }
}
