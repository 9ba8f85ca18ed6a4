using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Gives a session's core threads, time and a connection: the only one that sees the transport, the clock and the session's one lock. One task,
/// <see cref="RunAsync"/>, owns the reader, the writer and the timer of a connection. A quiet session's send is written on the caller's thread, the short
/// way for answers; sends that come close together are gathered, so that many small messages share a transport message and a system call.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancelled source without a timer holds nothing, and a sender may still read its token.")]
internal sealed partial class SessionPump
{
    // What a timer takes at most; a later one looks again.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(1);

    private const int MaxEvents = 1024;

    private readonly Lock _gate = new();
    private readonly SessionCore _core;
    private readonly Inbox _inbox;
    private readonly ISessionOwner _owner;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ArrivalSignal _room = new();
    private readonly ArrivalSignal _delivery = new();
    private readonly List<StationMessage> _arrived = [];
    private readonly CancellationTokenSource _stop = new();

    private SecureConnection? _connection;
    private ITimer? _timer;
    private TimeSpan _timerAt = TimeSpan.MaxValue;
    private long _creditedBytes;
    private long _creditedOverhead;
    private volatile bool _isAckScheduled;
    private Task _disposing = Task.CompletedTask;

    private StationException? _endToFinish;

    // Set under the gate, for good.
    private volatile bool _isEnding;

    public SessionPump(SessionCore core, Inbox inbox, ISessionOwner owner, TimeProvider time)
    {
        _core = core;
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

    /// <summary>Accepts a message, waiting for room; see <see cref="SessionCore.TrySend"/>.</summary>
    public ValueTask<ulong> SendAsync(OutgoingMessage message, Action<ulong>? accepted, CancellationToken cancellationToken)
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

    /// <summary>A connection is there and both Welcomes are exchanged; <see cref="RunAsync"/> follows.</summary>
    public void Attach(SecureConnection connection, WelcomeFrame welcome)
    {
        using Turn turn = Enter();
        if (_core.End is null)
        {
            _core.Attach(welcome, peerHas: 0, isResumable: false, turn.Now);
            _connection = connection;
            _timer = _time.CreateTimer(static self => ((SessionPump)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Reads and writes the connection until the session has ended, then frees its keys and buffers. Never fails.</summary>
    public async Task RunAsync()
    {
        if (_connection is { } connection)
        {
            Task writing = WriteAllAsync(connection);
            await ReadAllAsync(connection).ConfigureAwait(false);
            await writing.ConfigureAwait(false);
            await _timer!.DisposeAsync().ConfigureAwait(false);
            await _disposing.ConfigureAwait(false);
            connection.Dispose();
        }
    }

    private async Task ReadAllAsync(SecureConnection connection)
    {
        try
        {
            while (Feed(connection.Reader))
            {
                await connection.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (IOException e)
        {
            using Turn turn = Enter();
            _core.OnEndOfStream(e, turn.Now);
        }
        catch (OperationCanceledException e)
        {
            Abort(new StationException(StationFault.SessionClosed, "The session was closed.", e));
        }
        catch (Exception e)
        {
            Abort(new StationException(StationFault.ProtocolError, $"The session ended by an unexpected failure: {e.Message}", e));
        }
    }

    /// <summary>Gives the core what was read. False: there is nothing more to read.</summary>
    private bool Feed(ConnectionReader reader)
    {
        using Turn turn = Enter();
        if (reader.HasHeard)
        {
            _core.Heard(turn.Now);
        }

        StationException? failure = reader.Failure;
        try
        {
            foreach (ref readonly IncomingFrame frame in reader.Arrived)
            {
                if (frame.Message is { } message)
                {
                    _core.OnMessage(message, MessageCost.OfReceived(message), turn.Now);
                    if (_core.EventCount >= MaxEvents)
                    {
                        // Handed over in portions: what a burst needs stays small.
                        DrainEvents();
                    }
                }
                else
                {
                    _core.OnControl(frame.Control, turn.Now);
                }
            }
        }
        catch (StationException e)
        {
            failure = e;
        }

        reader.Take();
        if (failure is not null)
        {
            _core.OnFailure(failure, turn.Now);
        }
        else if (reader.IsDone)
        {
            _core.OnEndOfStream(null, turn.Now);
        }

        return failure is null && !reader.IsDone && _core.End is null;
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
        bool isMuch = _inbox.BytesTaken - Volatile.Read(ref _creditedBytes) >= _core.Receiving.AckStep;
        if ((isMuch || !_isAckScheduled) && !_gate.IsHeldByCurrentThread)
        {
            Enter().Dispose();
        }
    }

    private void CollectCredit(TimeSpan now)
    {
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
