using SecureStation.Core.Sessions;

namespace SecureStation.Core.Requests;

/// <summary>
/// What answers requests of one name. Several may run at once, on threads of the pool. It is disposed when it is taken away, which does not wait
/// for requests that run.
/// </summary>
public interface IRequestHandler : IDisposable
{
    /// <summary>Whether the peer of this session may ask.</summary>
    bool Admits(StationSession session);

    /// <summary>
    /// Answers: writes results by <see cref="IncomingRequest.WriteAsync"/>, and completes. A failure is told to the asker as <c>HandlerFailed</c>, a
    /// <see cref="RequestFailedException"/> with what it says. When <see cref="IncomingRequest.CancellationToken"/> is cancelled nobody waits any more.
    /// </summary>
    Task RunAsync(IncomingRequest request);
}
