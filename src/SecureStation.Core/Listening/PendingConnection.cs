using System.Diagnostics;
using SecureStation.Core.Keys;
using SecureStation.Core.Protocols;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>A connection of a listener that is in its handshake: its time, its place among those that are, and the place that it asks for.</summary>
internal sealed class PendingConnection : IPendingConnection, IDisposable
{
    private readonly PendingConnections _pending;
    private readonly HandshakeWork _work;
    private readonly AcceptedSessions _sessions;
    private readonly StationLimits _limits;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource _deadline;

    public PendingConnection(
        ITransport transport, PendingConnections pending, HandshakeWork work, AcceptedSessions sessions, StationLimits limits, CancellationToken stop)
    {
        Transport = transport;
        Source = ConnectionSource.Of(transport);
        _pending = pending;
        _work = work;
        _sessions = sessions;
        _limits = limits;
        _deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Token = _deadline.Token;
        _deadline.CancelAfter(limits.FirstMessageTimeout < limits.HandshakeTimeout ? limits.FirstMessageTimeout : limits.HandshakeTimeout);
    }

    public ITransport Transport { get; }

    public ConnectionSource Source { get; }

    /// <summary>Cancelled when its time is over, when it was dropped for others, and when the listener stops.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether it had to go for others.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>Its place among the pending; theirs to change.</summary>
    public ConnectionBudget<PendingConnection>.Place? Place { get; set; }

    /// <summary>Whether that place is among those that have sent message 1; theirs to change.</summary>
    public bool IsStarted { get; set; }

    /// <summary>Whether it keeps a place among the sessions.</summary>
    public bool HasPlace { get; private set; }

    public bool TryTakePlace(Fingerprint? peer = null) => HasPlace = _sessions.TryTakePlace(peer);

    public void ReturnPlace()
    {
        if (HasPlace)
        {
            HasPlace = false;
            _sessions.ReturnPlace();
        }
    }

    /// <summary>It is a session now, which fills the place.</summary>
    public void FillPlace(Sessions.StationSession session)
    {
        _sessions.Add(session);
        HasPlace = false;
    }

    public void FirstMessageRead()
    {
        if (!_pending.TryStart(this))
        {
            throw new OperationCanceledException(Token);
        }

        TimeSpan left = _limits.HandshakeTimeout - Stopwatch.GetElapsedTime(_startedAt);
        _deadline.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    public ValueTask WithWorkPermitAsync(Func<ValueTask> work, CancellationToken cancellationToken) => _work.RunAsync(Source, work, cancellationToken);

    /// <summary>Ends it for others: it does nothing more.</summary>
    public void Drop()
    {
        IsDropped = true;
        Transport.Abort();
        try
        {
            // Not here: what waits for it would run on the thread that accepts.
            _ = _deadline.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has come to its end by itself meanwhile.
        }
    }

    public void Dispose()
    {
        _pending.Remove(this);
        ReturnPlace();
        _deadline.Dispose();
    }
}
