using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Requests;

/// <summary>A request that a peer asks, as its handler sees it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancelled or timeless source holds nothing; who runs it stops its timer.")]
public sealed class IncomingRequest
{
    private readonly SessionRequests _owner;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _reason;

    internal IncomingRequest(SessionRequests owner, RequestOffer offer, DateTimeOffset receivedAt)
    {
        _owner = owner;
        Offer = offer;
        ReceivedAt = receivedAt;
        CancellationToken = _stop.Token;
        CancellationToken.UnsafeRegister(static stopped => ((TaskCompletionSource)stopped!).TrySetResult(), _stopped);
    }

    /// <summary>The handler's name.</summary>
    public string Name => Offer.Name;

    /// <summary>The session that it came by.</summary>
    public StationSession Session => _owner.Session;

    /// <summary>What the asker gave; null for nothing.</summary>
    public RequestValue? Argument => Offer.Argument;

    /// <summary>When it came.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>Cancelled when the asker gives up, the time is over, the handler is taken away or the session ends.</summary>
    public CancellationToken CancellationToken { get; }

    internal SessionRequests Owner => _owner;

    internal RequestOffer Offer { get; }

    internal RequestRegistration? Registration { get; set; }

    internal ArrivalSignal Credit { get; } = new();

    internal Task Stopped => _stopped.Task;

    /// <summary>Why it was stopped: a code to be told to the asker. Where nobody said one, its time is over.</summary>
    internal string? StopCode => _stop.IsCancellationRequested ? Volatile.Read(ref _reason) ?? RequestCodes.Timeout : null;

    /// <summary>Sends a result, waiting until the asker has room for it.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    /// <exception cref="StationException"><see cref="StationFault.MessageTooLarge"/>, or the reasons of the session's end.</exception>
    public Task WriteAsync(RequestValue value) => _owner.WriteAsync(this, value);

    internal void StopAfter(TimeSpan time) => _stop.CancelAfter(time);

    // What has registered with the token is a user's: it runs on the pool, never on the caller's thread, which may hold the session's lock.
    internal void Stop(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        _ = _stop.CancelAsync();
    }
}
