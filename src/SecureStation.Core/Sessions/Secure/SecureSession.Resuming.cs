using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Framing;

namespace SecureStation.Core.Sessions.Secure;

// A session over more than one connection (docs/protocol/station-1.md, section 12).
[SuppressMessage("Design", "CA1001", Justification = "A cancelled source without a timer holds nothing.")]
public sealed partial class SecureSession
{
    private readonly CancellationTokenSource _over = new();
    private readonly EventPost _events = new();
    private readonly ISessionKeeper? _keeper;
    private readonly IReconnector? _reconnector;
    private bool _isKept;
    private bool _isStarted;
    private int _resumes;
    private long _order;
    private volatile StationException? _interruption;

    /// <summary>The connection was cut; the session waits to be resumed. Raised on a thread of the pool, one event after another.</summary>
    public event EventHandler<SessionConnectionEventArgs>? Reconnecting;

    /// <summary>The session goes on with another connection.</summary>
    public event EventHandler<SessionConnectionEventArgs>? Resumed;

    /// <summary>The session was cut and will not be resumed: it is over. Its inbox stays readable.</summary>
    public event EventHandler<SessionConnectionEventArgs>? Lost;

    /// <summary>Whether both sides keep the session when its connection is cut.</summary>
    public bool IsResumable => _isKept;

    /// <summary>Whether both Welcomes were exchanged.</summary>
    internal bool IsStarted => Volatile.Read(ref _isStarted);

    /// <summary>How many times it was resumed.</summary>
    public int Resumes => Volatile.Read(ref _resumes);

    /// <summary>Why the connection was cut, or why the last attempt to come together again failed; null while there is a connection.</summary>
    public StationException? Interruption => _interruption;

    /// <summary>What the messages that wait to be sent or acknowledged take of the outbox, in bytes.</summary>
    internal long HeldOutgoing => _pump.Look(static core => core.HeldOutgoing);

    /// <summary>Whether it has no connection, and waits for one.</summary>
    internal bool IsCut => _pump.Look(static core => core.IsCut);

    /// <summary>The last message that it took in.</summary>
    internal ulong LastId => _pump.Look(static core => core.Receiving.KeptId);

    /// <summary>
    /// The peer of this listener's session comes back: the session goes on with this connection, and leaves the one it has. False: it has ended, or a later
    /// connection has it.
    /// </summary>
    /// <param name="answer">The connection, and the peer's Welcome.</param>
    /// <param name="order">Counts the third messages of handshakes: the later one wins.</param>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: the peer goes on after what it cannot have. The session stays as it was.</exception>
    internal bool TakeOver(ResumeAnswer answer, long order)
    {
        if (!TryBeLatest(order))
        {
            return false;
        }

        PumpedConnection? attached = _pump.TakeOver(
            answer.Connection,
            answer.Welcome!,
            lastId => CreateWelcome(Id, lastId),
            window => answer.Connection.Bind(window, this));
        if (attached is null)
        {
            return false;
        }

        Adopt(answer);
        _running = Task.WhenAll(_running, _pump.RunAsync(attached));
        return true;
    }

    /// <summary>The peer took this side's attempt to go on.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: it goes on after what it cannot have.</exception>
    internal PumpedConnection? Resume(ResumeAnswer answer, WelcomeFrame welcome)
    {
        PumpedConnection? attached = _pump.Attach(answer.Connection, welcome, isResumable: true);
        if (attached is not null)
        {
            Adopt(answer);
        }

        return attached;
    }

    /// <summary>This side's Welcome on any of its connections.</summary>
    internal WelcomeFrame CreateWelcome(string sessionId, ulong lastId) =>
        new(sessionId, lastId, (uint)_limits.MaxMessageSize, (uint)_limits.Window, IsKept: _keeper is not null || _reconnector is not null);

    /// <summary>Says whose messages come on the next connection.</summary>
    internal void Bind(SecureConnection connection) => connection.Bind(_pump.Look(static core => core.Receiving), this);

    /// <summary>An attempt to come together again failed.</summary>
    internal void NoteAttempt(Exception failure) =>
        _interruption = failure as StationException ?? new StationException(StationFault.ConnectFailed, failure.Message, failure);

    /// <summary>Ends the session because there is no room to keep it.</summary>
    internal void Lose(string why) => _pump.Abort(new StationException(StationFault.SessionLost, why));

    void ISessionOwner.OnCut(StationException reason)
    {
        _interruption = reason;
        SessionAudit.Cut(this, reason);
        Raise(Reconnecting, reason);
    }

    void ISessionOwner.OnResumed()
    {
        _interruption = null;
        Interlocked.Increment(ref _resumes);
        _together.TrySetResult();
        SessionAudit.Resumed(this);
        Raise(Resumed, null);
    }

    void ISessionOwner.OnConnectionChanged() => _keeper?.Changed(this);

    // What a session without a connection holds counts at who keeps it.
    private void NoteSent()
    {
        if (_interruption is not null)
        {
            _keeper?.Changed(this);
        }
    }

    private void Adopt(ResumeAnswer answer)
    {
        _connection = answer.Connection;
        _description = answer.Description with { Id = Id, ConnectedAt = ConnectedAt, PeerName = PeerName, TrustBasis = TrustBasis, Capabilities = Description.Capabilities };
        RenewProtector();
    }

    private bool TryBeLatest(long order)
    {
        long latest = Interlocked.Read(ref _order);
        while (order > latest)
        {
            long seen = Interlocked.CompareExchange(ref _order, order, latest);
            if (seen == latest)
            {
                return true;
            }

            latest = seen;
        }

        return false;
    }

    private async Task RunAsync(PumpedConnection first)
    {
        PumpedConnection? connection = first;
        while (connection is not null)
        {
            await _pump.RunAsync(connection).ConfigureAwait(false);
            connection = _reconnector is { } reconnector && _isKept
                ? await new Reconnection(this, _pump, reconnector, _time, _over.Token).RunAsync().ConfigureAwait(false)
                : null;
        }

        _reconnector?.Dispose();
    }

    private void Raise(EventHandler<SessionConnectionEventArgs>? handlers, StationException? reason)
    {
        if (handlers is not null)
        {
            var what = new SessionConnectionEventArgs(reason, _time.GetUtcNow());
            _events.Post(() => handlers(this, what));
        }
    }
}
