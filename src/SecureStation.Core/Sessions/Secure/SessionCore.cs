using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.State;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// What a session decides (docs/protocol/station-1.md, sections 5 to 9): frames in, frames and events out. No bytes, no encryption, no lock, no clock,
/// no task: whoever calls says what time it is, and after each call drains what is due by <see cref="TryPlan"/> and <see cref="TryDequeue"/>.
/// It outlives a connection: <see cref="Detach"/>, then <see cref="Attach"/> with another.
/// </summary>
/// <param name="limits">The bounds of this side.</param>
/// <param name="store">Where messages wait until the peer has them.</param>
/// <param name="end">Where the reason of the end is kept, for the inbox too.</param>
internal sealed partial class SessionCore(StationLimits limits, IOutgoingStore store, SessionEnd end)
{
    private readonly SendPath _send = new(limits, store);
    private readonly ReceivePath _receive = new(limits, store.IsDurable);
    private readonly PooledList<SessionEvent> _events = new();
    private int _dequeued;

    // Null between two connections.
    private Attachment? _connection;
    private bool _wasAttached;
    private long _peerMaxMessage;

    // When a session that waits for another connection waits no longer.
    private TimeSpan _lostAt = TimeSpan.MaxValue;
    private bool _wasResumable;

    // Whether the peer's Close has said what it has.
    private bool _isFinal;

    private Closing? _closing;
    private bool _isOver;

    public SessionPhase Phase => End is not null ? SessionPhase.Ended
        : _connection is null ? SessionPhase.Detached
        : _closing is null ? SessionPhase.Open : SessionPhase.Closing;

    /// <summary>How long the session waits without a connection before it is lost.</summary>
    public TimeSpan ResumeWindow { get; init; } = TimeSpan.MaxValue;

    /// <summary>Why the session is over; null while it is not.</summary>
    public StationException? End => _isOver ? end.Reason : null;

    /// <summary>Whether the end has begun: nothing new is accepted.</summary>
    public bool IsClosing => _closing is not null;

    /// <summary>Whether the connection may be dropped in order: there is nothing on it that the peer still has to read.</summary>
    public bool EndsInOrder => _closing is { } closing && (closing.IsSent || closing.Heard is not null);

    /// <summary>The last message that was accepted.</summary>
    public ulong AcceptedId => _send.AcceptedId;

    /// <summary>What the peer allows and has.</summary>
    public SendWindow Sending => _send.Window;

    /// <summary>What has come in and been taken.</summary>
    public ReceiveWindow Receiving => _receive.Window;

    /// <summary>Whether it had a connection, and waits for another.</summary>
    public bool IsCut => End is null && _connection is null && _wasAttached;

    /// <summary>Whether what is accepted and what comes in becomes durable later.</summary>
    public bool IsDurable => store.IsDurable;

    /// <summary>What the messages that wait or are not acknowledged take of the outbox, in bytes.</summary>
    public long HeldOutgoing => _send.Held;

    /// <summary>When to call <see cref="OnTimer"/>, at the latest.</summary>
    public TimeSpan NextTimer
    {
        get
        {
            if (End is not null)
            {
                return TimeSpan.MaxValue;
            }

            TimeSpan next = _closing?.NextTimer ?? TimeSpan.MaxValue;
            return _connection is { } connection
                ? next.OrEarlier(Receiving.NextTimer).OrEarlier(connection.Liveness.NextTimer).OrEarlier(connection.WriteFailureEndsAt)
                : next.OrEarlier(_lostAt);
        }
    }

    /// <summary>Accepts a message. <paramref name="accepted"/> learns its id before any frame of it leaves. False: no room.</summary>
    /// <exception cref="StationException">The session is closing or over, or the message larger than the peer takes.</exception>
    public bool TrySend(OutgoingMessage message, int headSize, Action<ulong>? accepted, out ulong id)
    {
        if (End is { } end)
        {
            throw new StationException(end.Fault, end.Message, end) { PeerHint = end.PeerHint };
        }

        if (IsClosing)
        {
            throw new StationException(StationFault.SessionClosed, "The session is closing; nothing new can be sent.");
        }

        return message.Body.Length <= _peerMaxMessage
            ? _send.TryAccept(message, headSize, accepted, out id)
            : throw new StationException(StationFault.MessageTooLarge, $"The message has {message.Body.Length} bytes; the peer takes {_peerMaxMessage} at most.");
    }

    /// <summary>Whether the peer has this message; if not, it is asked to say so as soon as it has.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: no such message; <see cref="StationFault.Undelivered"/>: it never will; <see cref="StationFault.Unknown"/>:
    /// it was on its way when the session was lost; <see cref="StationFault.MessageTooLarge"/>: the peer takes it no longer.
    /// </exception>
    public bool IsDelivered(ulong id)
    {
        if (_send.WasDropped(id))
        {
            throw new StationException(StationFault.MessageTooLarge, $"Message {id} was not sent: since the session was resumed the peer takes {_peerMaxMessage} bytes at most.");
        }

        if (id <= Sending.DeliveredId)
        {
            return true;
        }

        if (id > AcceptedId)
        {
            throw new StationException(StationFault.InvalidArgument, $"Message {id} has not been sent on this session.");
        }

        if (End is { } end)
        {
            throw IsUnknown(id)
                ? new StationException(StationFault.Unknown, $"Whether the peer has message {id} cannot be known: {end.Message}", end)
                : new StationException(StationFault.Undelivered, $"The session ended before the peer had message {id}: {end.Message}", end);
        }

        _connection?.Control.AskFor(id, AcceptedId);
        return false;
    }

    /// <summary>Whether a message that was not acknowledged went out in a session that was lost, so that the peer may have it or not.</summary>
    public bool IsUnknown(ulong id) => End is not null && _wasResumable && !_isFinal && id > Sending.DeliveredId && id <= Sending.HighestSentId;

    /// <summary>A connection is there and both Welcomes are exchanged.</summary>
    /// <param name="welcome">The peer's.</param>
    /// <param name="peerHas">The last message that the peer has: 0 in a new session, what its Welcome says in one that goes on.</param>
    /// <param name="isResumable">Whether both sides keep the session when this connection is cut.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: the peer has what it cannot have. The session stays as it was.</exception>
    public void Attach(WelcomeFrame welcome, ulong peerHas, bool isResumable, TimeSpan now)
    {
        CheckLastId(peerHas);
        _connection = new Attachment(limits, isResumable, now);
        _wasResumable = isResumable;
        _lostAt = TimeSpan.MaxValue;
        _peerMaxMessage = welcome.MaxMessage;
        Deliver(peerHas);
        _send.Attach(welcome.Window, _peerMaxMessage);
        if (_wasAttached)
        {
            // The last Ack may have been lost with the connection, and the peer's window stay shut for ever.
            Receiving.AckNow();
        }

        _wasAttached = true;
    }

    /// <summary>Outgoing messages up to here are durable.</summary>
    public void Stored(ulong upTo) => _send.Stored(upTo);

    /// <summary>The last message that is durable.</summary>
    public ulong StoredId => _send.StoredId;

    /// <summary>Whether something waits to become durable.</summary>
    public bool IsStoring => End is null && (_send.StoredId < _send.AcceptedId || !_receive.IsKept);

    /// <summary>How long a peer may be silent, and a store.</summary>
    public TimeSpan DeadAfter => limits.DeadAfter;

    /// <summary>Incoming messages up to here are durable: they arrive, and may be acknowledged.</summary>
    public void Kept(ulong upTo, TimeSpan now)
    {
        while (_receive.TryKeep(upTo, now, out StationMessage? message))
        {
            _events.Add(new SessionEvent(SessionEventKind.Arrived, message));
        }
    }

    /// <summary>A transport message of the peer was decrypted.</summary>
    public void Heard(TimeSpan now) => _connection?.Liveness.Heard(now);

    /// <summary>A message of the peer is whole.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: the peer overfills the inbox.</exception>
    public void OnMessage(StationMessage whole, long overhead, TimeSpan now)
    {
        // Our Close names the last message that was taken in; nothing gets in after it.
        if (_connection is null || _closing is { IsPlanned: true } or { IsDeaf: true })
        {
            return;
        }

        if (_receive.Receive(whole, overhead, now))
        {
            _events.Add(new SessionEvent(SessionEventKind.Arrived, whole));
        }
        else
        {
            store.Receive(whole);
        }
    }

    /// <summary>The peer sent a frame that is no part of a message.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>.</exception>
    public void OnControl(ControlFrame frame, TimeSpan now)
    {
        if (_connection is not { } connection)
        {
            return;
        }

        switch (frame.Type)
        {
            case FrameType.Ack:
                Sending.Acknowledge(frame.First, frame.Second);
                Deliver(frame.First);
                break;
            case FrameType.Ping:
                connection.Control.Answer(frame.First, Receiving.ReceivedId);
                if (Receiving.IsFull)
                {
                    // Its Pong waits until messages are taken; an Ack that tells nothing new is a sign of life meanwhile.
                    Receiving.AckNow();
                }

                break;
            case FrameType.Rekey when frame.Flag:
                connection.Rekey.Request(askPeer: false);
                break;
            case FrameType.Close when connection.IsResumable && (StationReason)frame.First == StationReason.Superseded:
                Cut(new StationException(StationFault.Truncated, "The peer has gone over to another connection."), now);
                break;
            case FrameType.Close:
                _isFinal = true;
                if (frame.Second <= Sending.SentId)
                {
                    Deliver(frame.Second);
                }

                StationException meaning = _closing is null ? PeerReasons.ToEnd((ushort)frame.First) : PeerReasons.ToAnswer((ushort)frame.First);
                (_closing ??= new Closing(now, limits, StationReason.Closed)).Hear(meaning);
                _send.Drop();
                break;
        }
    }

    /// <summary>Messages with so many body bytes, which cost so much beside them, were taken.</summary>
    public void Credit(long bodyBytes, long overhead, TimeSpan now) => Receiving.Credit(bodyBytes, overhead, now);

    /// <summary>Changes the sending key; with <paramref name="askPeer"/> the peer changes its own too.</summary>
    public void RequestRekey(bool askPeer) => _connection?.Rekey.Request(askPeer);

    private void Deliver(ulong upTo)
    {
        if (upTo <= Sending.DeliveredId)
        {
            return;
        }

        bool isRoomFreed = _send.Deliver(upTo);
        _events.Add(new SessionEvent(SessionEventKind.Delivered, Id: upTo));
        if (isRoomFreed)
        {
            _events.Add(new SessionEvent(SessionEventKind.RoomFreed));
        }
    }
}
