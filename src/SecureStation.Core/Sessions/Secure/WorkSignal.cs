using System.Threading.Tasks.Sources;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Hands work to one task that waits for it, without allocating. Who sets it owns what is handed over until then, the waiter from then on; so it
/// is never set twice without a wait between.
/// </summary>
internal sealed class WorkSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };

    public ValueTask WaitAsync() => new(this, _source.Version);

    public void Set() => _source.SetResult(true);

    void IValueTaskSource.GetResult(short token)
    {
        _source.GetResult(token);
        _source.Reset();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
