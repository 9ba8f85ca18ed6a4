using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Requests;

/// <summary>A request of ours that is on its way: its results come as they are taken. Disposed before its end, it is withdrawn.</summary>
public sealed class RequestCall : IAnswerSink, IDisposable
{
    private readonly SessionRequests _owner;
    private readonly Lock _gate = new();
    private readonly Queue<RequestValue> _results = new();
    private readonly ArrivalSignal _signal = new();
    private StationException? _failure;
    private bool _isOver;

    internal RequestCall(SessionRequests owner, string name)
    {
        _owner = owner;
        Name = name;
    }

    /// <summary>The handler's name.</summary>
    public string Name { get; }

    /// <summary>The session through which it is asked.</summary>
    public StationSession Session => _owner.Session;

    /// <summary>Its message's id.</summary>
    public ulong Id { get; internal set; }

    /// <summary>The message that asked last whether it is still open over there; 0 for none.</summary>
    internal ulong Probe { get; set; }

    /// <summary>The next result, waiting for it; null when all have come.</summary>
    /// <exception cref="StationException">
    /// The request failed: <see cref="RequestFailedException"/> where its handler did; <see cref="StationFault.NotFound"/>: there is none;
    /// <see cref="StationFault.NotAllowed"/>; <see cref="StationFault.PeerRefused"/>; <see cref="StationFault.Timeout"/>: over there;
    /// <see cref="StationFault.UnknownService"/>; <see cref="StationFault.Unknown"/>: the session ended meanwhile.
    /// </exception>
    public async Task<RequestValue?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task arrival = _signal.Arm();
            lock (_gate)
            {
                if (_results.TryDequeue(out RequestValue value))
                {
                    _owner.NoteTaken(this, value);
                    return value;
                }

                if (_isOver)
                {
                    return _failure is null ? null : throw _failure;
                }
            }

            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Withdraws it where it is not over: the handler is told to stop.</summary>
    public void Dispose()
    {
        End(new StationException(StationFault.InvalidState, "The request was withdrawn."));
        _owner.Abandon(this);
    }

    /// <inheritdoc/>
    void IAnswerSink.Take(StationMessage message) => _owner.TakeAnswer(this, message);

    /// <inheritdoc/>
    void IAnswerSink.OnEnded() => End(new StationException(
        StationFault.Unknown,
        $"The session ended while the request '{Name}' was open: whether the peer has done it is not known. {Session.EndReason?.Message}",
        Session.EndReason));

    internal void Add(RequestValue value)
    {
        lock (_gate)
        {
            _results.Enqueue(value);
        }

        _signal.Pulse();
    }

    /// <summary>Nothing more comes; what came stays readable. The first end counts.</summary>
    internal void End(StationException? failure)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            _failure = failure;
        }

        _signal.Pulse();
    }
}
