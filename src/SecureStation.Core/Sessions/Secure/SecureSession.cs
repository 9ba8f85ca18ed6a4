using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.State;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// A session of the station protocol, version 1: from the first transport message to the end (docs/protocol/station-1.md, sections 5–9).
/// It always reads; nothing that a user does or leaves undone stops it from answering Pings, Acks and Close.
/// </summary>
public sealed partial class SecureSession : StationSession, ISessionOwner
{
    private readonly StationLimits _limits;
    private readonly TimeProvider _time;
    private readonly SessionPump _pump;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionDescription _description;
    private SecureConnection _connection;
    private object? _requests;
    private Task _running = Task.CompletedTask;

    internal SecureSession(SessionDescription description, ITransport transport, TransportState noise, StationLimits limits, TimeProvider time)
        : this(description, new SecureConnection(transport, noise, limits), limits, time)
    {
    }

    /// <param name="description">What the handshake established.</param>
    /// <param name="connection">The first connection, on which no session has read yet.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="keeper">The listener that keeps the session over a cut.</param>
    /// <param name="reconnector">What makes the next connection after a cut; the session owns it.</param>
    /// <param name="journal">What writes it down, where it outlives the process.</param>
    /// <param name="address">The address that it is written down under.</param>
    internal SecureSession(
        SessionDescription description, SecureConnection connection, StationLimits limits, TimeProvider time, ISessionKeeper? keeper = null, IReconnector? reconnector = null, State.SessionJournal? journal = null, string address = "")
        : base(description)
    {
        _description = description;
        _limits = limits;
        _time = time;
        _keeper = keeper;
        _reconnector = reconnector;
        _journal = journal;
        _address = address;
        var core = new SessionCore(limits, (IOutgoingStore?)journal ?? new MemoryOutgoingStore(), SharedEnd) { ResumeWindow = keeper is null ? TimeSpan.MaxValue : limits.ResumeWindow };
        _connection = connection;
        connection.Bind(core.Receiving, this);
        _pump = new SessionPump(core, Inbox, this, time);
        Services = new SessionServices(this);
        UseJournal(0);
    }

    /// <inheritdoc/>
    public override SessionDescription Description => _description;

    /// <inheritdoc/>
    public override StationSessionState State => _pump.Look(static core => core.Phase switch
    {
        SessionPhase.Ended => StationSessionState.Closed,
        SessionPhase.Closing => StationSessionState.Closing,
        SessionPhase.Detached when core.IsClosing => StationSessionState.Closing,
        SessionPhase.Detached when core.IsCut => StationSessionState.Reconnecting,
        _ => StationSessionState.Open,
    });

    /// <inheritdoc/>
    public override long MessagesSent => _pump.Look(static core => (long)core.Sending.HighestSentId);

    /// <inheritdoc/>
    public override long MessagesReceived => _pump.Look(static core => (long)core.Receiving.ReceivedId);

    /// <inheritdoc/>
    public override long BytesSent => _pump.Look(static core => core.Sending.BytesSent);

    /// <inheritdoc/>
    public override long MessagesUndelivered => _pump.Look(static core => core.End is null ? 0 : (long)(core.AcceptedId - core.Sending.DeliveredId));

    /// <inheritdoc/>
    public override long BytesReceived => _pump.Look(static core => core.Receiving.BytesReceived);

    /// <summary>The bounds of this side.</summary>
    internal StationLimits Limits => _limits;

    /// <summary>The services that this side offers to the peer, and its requests to the peer's.</summary>
    public SessionServices Services { get; }

    /// <summary>What the room of requests keeps with the session; null until somebody asks there.</summary>
    internal object? Requests => Volatile.Read(ref _requests);

    /// <summary>Keeps it; who is second gets what the first has brought.</summary>
    internal object KeepRequests(object requests) => Interlocked.CompareExchange(ref _requests, requests, null) ?? requests;

    /// <inheritdoc/>
    public override ValueTask<ulong> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        ValueTask<ulong> sending = _pump.SendAsync(message, accepted: null, cancellationToken);
        NoteSent();
        return sending;
    }

    /// <summary>As the other; <paramref name="accepted"/> learns the id before any of the message is sent. It must not block.</summary>
    internal ValueTask<ulong> SendAsync(OutgoingMessage message, Action<ulong> accepted, CancellationToken cancellationToken) =>
        _pump.SendAsync(message, accepted, cancellationToken);

    /// <summary>Sends a message if there is room for it now.</summary>
    internal bool TrySend(OutgoingMessage message) => _pump.TrySend(message);

    /// <inheritdoc/>
    public override ValueTask<ulong> QueueAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        ValueTask<ulong> sending = _pump.QueueAsync(message, accepted: null, cancellationToken);
        NoteSent();
        return sending;
    }

    /// <inheritdoc/>
    public override Task WaitStoredAsync(ulong id, CancellationToken cancellationToken = default) => _pump.WaitStoredAsync(id, cancellationToken);

    /// <inheritdoc/>
    public override Task WaitDeliveredAsync(ulong id, CancellationToken cancellationToken = default) =>
        _pump.WaitDeliveredAsync(id, cancellationToken);

    /// <summary>Changes the keys of both directions: this side's now, the peer's at its next transport message.</summary>
    public void UpdateKeys() => _pump.RequestRekey();

    /// <inheritdoc/>
    public override byte[] Export(string label, int length) => State switch
    {
        StationSessionState.Closed => throw new StationException(StationFault.InvalidState, "The session is over; its keys are gone."),
        StationSessionState.Reconnecting => throw new StationException(StationFault.InvalidState, "The session has no connection at the moment, and so no keys."),
        _ => _connection.Noise.Export(label, length),
    };

    /// <inheritdoc/>
    public override async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        _pump.Close(StationReason.Closed, dropQueue: false);
        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await WhenEndIsStoredAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Abort() => _pump.Abort(new StationException(StationFault.SessionClosed, "The session was aborted."));

    /// <inheritdoc/>
    internal override void Revoke()
    {
        // First the pump: what it has told the peer is delivered is in the inbox before that is shut.
        _pump.Revoke();
        Inbox.Finish(new StationException(StationFault.SessionClosed, "The session was ended: its peer is accepted no longer."));
        Services.Finish();
    }

    /// <summary>Completes when the session has ended and nothing of it runs any more: keys and buffers are free.</summary>
    internal Task WhenOverAsync() => _running;

    void ISessionOwner.OnServiceMessage(StationMessage message) => Services.Dispatch(message);

    void ISessionOwner.OnRoomFreed() => Services.SendRefusals();

    void ISessionOwner.OnEnded(StationException reason)
    {
        _over.Cancel();
        if (reason.Fault == StationFault.SessionLost)
        {
            Raise(Lost, reason);
        }

        EndProtector();

        // The state first: whoever sees the end may let go of the state, and it is to know.
        EndJournal(reason);
        Inbox.Finish(reason);
        Services.Finish();
        _together.TrySetResult();
        _keeper?.Changed(this);
        _ended.TrySetResult();
    }
}
