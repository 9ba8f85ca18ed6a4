using System.Collections.Concurrent;
using SecureStation.Core.Messages;

namespace SecureStation;

/// <summary>Sends each message to many at once: who is slow or gone delays nobody else. What became of it comes back as it is known.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lanes release it when the cmdlet is long gone; it holds no handle.")]
internal sealed class SendFan
{
    private readonly ConcurrentQueue<StationSendResult> _results = new();
    private readonly SemaphoreSlim _changed = new(0);
    private int _pending;

    /// <summary>Whether results are still to come.</summary>
    public bool IsBusy => Volatile.Read(ref _pending) > 0;

    /// <summary>Sends a message through these lanes; its body is shared.</summary>
    public void Send(OutgoingMessage message, IReadOnlyList<SendLane> lanes)
    {
        Interlocked.Add(ref _pending, lanes.Count);
        foreach (SendLane lane in lanes)
        {
            _ = CollectAsync(lane.Send(message));
        }
    }

    /// <summary>The next result that is known.</summary>
    public bool TryTake(out StationSendResult? result) => _results.TryDequeue(out result);

    /// <summary>Completes when something has changed since the last call.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        await _changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task CollectAsync(Task<StationSendResult> sending)
    {
        _results.Enqueue(await sending.ConfigureAwait(false));
        Interlocked.Decrement(ref _pending);
        _changed.Release();
    }
}
