using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Gives a session's core threads, time and a connection, or several one after another: the only one that sees the transport, the clock and the session's
/// one lock. One task, <see cref="RunAsync"/>, owns the reader and the writer of a connection. A quiet session's send is written on the caller's thread, the
/// short way for answers; sends that come close together are gathered, so that many small messages share a transport message and a system call.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The timer is disposed of when the session ends; each connection by who runs it.")]
internal sealed partial class SessionPump : State.IJournalOwner
{
    // What a timer takes at most; a later one looks again.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(1);

    private const int MaxEvents = 1024;

    private readonly Lock _gate = new();
    private readonly SessionCore _core;
    private readonly bool _isDurable;
    private readonly Inbox _inbox;
    private readonly ISessionOwner _owner;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ArrivalSignal _room = new();
    private readonly ArrivalSignal _delivery = new();
    private readonly List<StationMessage> _arrived = [];

    // The one in force; null between two.
    private PumpedConnection? _connection;
    private ITimer? _timer;
    private TimeSpan _timerAt = TimeSpan.MaxValue;
    private long _creditedBytes;
    private long _creditedOverhead;
    private volatile bool _isAckScheduled;
    private bool _isReadersTurn;

    // What has happened and is seen to when the lock is left.
    private StationException? _endToFinish;
    private bool _isChanged;
    private PumpedConnection? _toDrop;

    public SessionPump(SessionCore core, Inbox inbox, ISessionOwner owner, TimeProvider time)
    {
        _core = core;
        _isDurable = core.IsDurable;
        _inbox = inbox;
        _owner = owner;
        _time = time;
        _origin = time.GetTimestamp();
        inbox.Taken = OnTaken;
    }

    /// <summary>Reads something of the core under the lock.</summary>
    public T Look<T>(Func<SessionCore, T> look)
    {
        lock (_gate)
        {
            return look(_core);
        }
    }

    /// <summary>Accepts a message, waiting for room, and until it is durable; see <see cref="SessionCore.TrySend"/>.</summary>
    public ValueTask<ulong> SendAsync(OutgoingMessage message, Action<ulong>? accepted, CancellationToken cancellationToken)
    {
        int headSize = MessageCodec.Measure(message.Headers);
        return _isDurable ? new(SendAndStoreAsync(message, headSize, accepted, cancellationToken))
            : TrySend(message, headSize, accepted, out ulong id) ? new(id) : new(WaitAndSendAsync(message, headSize, accepted, cancellationToken));
    }

    /// <summary>Accepts a message, waiting for room alone.</summary>
    public ValueTask<ulong> QueueAsync(OutgoingMessage message, Action<ulong>? accepted, CancellationToken cancellationToken)
    {
        int headSize = MessageCodec.Measure(message.Headers);
        return TrySend(message, headSize, accepted, out ulong id) ? new(id) : new(WaitAndSendAsync(message, headSize, accepted, cancellationToken));
    }

    /// <summary>Accepts a message if there is room.</summary>
    public bool TrySend(OutgoingMessage message) => TrySend(message, MessageCodec.Measure(message.Headers), accepted: null, out _);

    /// <summary>Waits until the peer has acknowledged <paramref name="id"/>, asking it to do so at once.</summary>
    public async Task WaitDeliveredAsync(ulong id, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task delivery = _delivery.Arm();
            using (Enter())
            {
                if (_core.IsDelivered(id))
                {
                    return;
                }
            }

            await delivery.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Changes the keys of both directions.</summary>
    public void RequestRekey()
    {
        using Turn turn = Enter();
        _core.RequestRekey(askPeer: true);
    }

    /// <summary>Ends the session in order; see <see cref="SessionCore.Close"/>.</summary>
    public void Close(StationReason reason, bool dropQueue)
    {
        using (Turn turn = Enter())
        {
            _core.Close(reason, dropQueue, turn.Now);
        }

        _room.Pulse();
    }

    /// <summary>Takes in nothing more and ends the session; see <see cref="SessionCore.Revoke"/>.</summary>
    public void Revoke()
    {
        using (Turn turn = Enter())
        {
            _core.Revoke(turn.Now);
        }

        _room.Pulse();
    }

    /// <summary>Ends the session at once.</summary>
    public void Abort(StationException reason)
    {
        using Turn turn = Enter();
        _core.Abort(reason);
    }

    /// <summary>A connection is there, and the peer's Welcome has come; <see cref="RunAsync"/> follows. Null: the session has ended.</summary>
    /// <param name="connection">The connection; the pump disposes of it.</param>
    /// <param name="welcome">The peer's.</param>
    /// <param name="isResumable">Whether both sides keep the session when the connection is cut.</param>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: the peer goes on after what it cannot have. Nothing has changed.</exception>
    public PumpedConnection? Attach(SecureConnection connection, WelcomeFrame welcome, bool isResumable)
    {
        using Turn turn = Enter();
        return _core.End is null ? Attach(new PumpedConnection(connection, null), welcome, isResumable, turn.Now) : null;
    }

    /// <summary>
    /// The peer comes back on another connection, whose first frame is still to be written: what <paramref name="answer"/> makes of the last id that this
    /// side has. A connection that is in force gives way to it. Null: the session has ended.
    /// </summary>
    /// <inheritdoc cref="Attach(SecureConnection, WelcomeFrame, bool)"/>
    public PumpedConnection? TakeOver(SecureConnection connection, WelcomeFrame welcome, Func<ulong, WelcomeFrame> answer, Action<ReceiveWindow> bind)
    {
        using Turn turn = Enter();
        if (_core.End is not null)
        {
            return null;
        }

        _core.CheckLastId(welcome.LastId);
        if (_connection is { } old)
        {
            old.IsSuperseded = true;
            Leave(old);
            _core.Detach(turn.Now);
            _owner.OnCut(new StationException(StationFault.Truncated, "The peer came back on another connection."));
        }

        WelcomeFrame own = answer(_core.LastIdForWelcome());
        bind(_core.Receiving);
        PumpedConnection attached = Attach(new PumpedConnection(connection, own), welcome, isResumable: true, turn.Now);
        attached.Work.Set();
        return attached;
    }

    /// <summary>The last message that this side has, for its Welcome on the next connection. Null: the session has ended, or has a connection.</summary>
    public ulong? LastIdForWelcome()
    {
        using Turn turn = Enter();
        return _core.Phase == SessionPhase.Detached ? _core.LastIdForWelcome() : null;
    }

    /// <summary>The peer says that the session has ended, and which of this side's messages it has.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: it cannot have that.</exception>
    public void EndAfter(ulong peerHas)
    {
        using Turn turn = Enter();
        if (_core.End is null)
        {
            _core.EndAfter(peerHas);
        }
    }

    /// <summary>
    /// Reads and writes a connection until the session has ended or the connection is over, then frees its keys and buffers. Never fails.
    /// </summary>
    public async Task RunAsync(PumpedConnection connection)
    {
        Task writing = WriteAllAsync(connection);
        await ReadAllAsync(connection).ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        if (connection.IsSuperseded)
        {
            // Bytes left unread would reset the connection and lose the Close.
            await connection.Connection.ReadOutAsync(connection.Stop.Token).ConfigureAwait(false);
            connection.Connection.Transport.Abort();
        }

        await connection.Disposing.ConfigureAwait(false);
        connection.Connection.Dispose();
    }

    private PumpedConnection Attach(PumpedConnection connection, WelcomeFrame welcome, bool isResumable, TimeSpan now)
    {
        _core.Attach(welcome, welcome.LastId, isResumable, now);
        _connection = connection;
        if (_timer is not null)
        {
            _isChanged = true;
            _owner.OnResumed();
        }

        _gatherUntil = TimeSpan.MaxValue;
        _timer ??= _time.CreateTimer(static self => ((SessionPump)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return connection;
    }

    private void OnTimer()
    {
        using Turn turn = Enter();
        _timerAt = TimeSpan.MaxValue;
        _core.OnTimer(turn.Now);
    }

    /// <summary>
    /// Somebody took a message. To enter the gate for each would make takers meet the writer: where an Ack is scheduled already, whoever sends it
    /// collects what was taken until then.
    /// </summary>
    private void OnTaken()
    {
        if (_isDurable)
        {
            return;
        }

        bool isMuch = _inbox.BytesTaken - Volatile.Read(ref _creditedBytes) >= _core.Receiving.AckStep;
        if ((isMuch || !_isAckScheduled) && !_gate.IsHeldByCurrentThread)
        {
            Enter().Dispose();
        }
    }

    private void CollectCredit(TimeSpan now)
    {
        if (_isDurable)
        {
            // Told when it is committed: after a restart it must not be less.
            return;
        }

        long bytes = _inbox.BytesTaken;
        long overhead = _inbox.OverheadTaken;
        if (bytes != _creditedBytes || overhead != _creditedOverhead)
        {
            _core.Credit(bytes - _creditedBytes, overhead - _creditedOverhead, now);
            Volatile.Write(ref _creditedBytes, bytes);
            _creditedOverhead = overhead;
        }
    }
}
