using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Sessions;

/// <summary>
/// A session of the station protocol, version 1: from the first transport message to the end (docs/protocol/station-1.md, sections 5–9).
/// It always reads; nothing that a user does or leaves undone stops it from answering Pings, Acks and Close.
/// </summary>
public sealed class SecureSession : StationSession, IFrameHandler
{
    // Between bursts a session keeps only this much; a burst rents more.
    private const int IdleBuffer = 2 * 1024;
    private const int BurstBuffer = 256 * 1024;

    // For telling a peer something before an end that does not depend on it.
    private static readonly TimeSpan s_courtesy = TimeSpan.FromSeconds(1);

    private readonly ITransport _transport;
    private readonly TransportState _noise;
    private readonly StationLimits _limits;
    private readonly FrameReader _frames;
    private readonly MessageAssembler _assembler;
    private readonly Outbox _outbox;
    private readonly List<StationMessage> _arrived = [];
    private readonly TaskCompletionSource _welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();

    private byte[]? _readBuffer = new byte[IdleBuffer];
    private bool _readBufferIsRented;
    private int _readBufferUsed;
    private SessionDescription _description;
    private Timer? _keepAlive;
    private long _lastHeard = Environment.TickCount64;
    private bool _isWelcomed;
    private bool _closeSent;
    private StationException? _peerClose;
    private long _bytesReceived;
    private long _messagesReceived;
    private volatile StationSessionState _state = StationSessionState.Open;

    internal SecureSession(SessionDescription description, ITransport transport, TransportState noise, StationLimits limits)
        : base(description)
    {
        _description = description;
        _transport = transport;
        _noise = noise;
        _limits = limits;
        _frames = new FrameReader(noise, this, limits.MaxMessagesWithoutRekey);
        _assembler = new MessageAssembler(this, limits.MaxMessageSize);
        _outbox = new Outbox(transport, noise, limits, Inbox, OnWriteFailed);
        Services = new SessionServices(this);
        Inbox.Taken = _outbox.NoteInboxChange;
    }

    /// <inheritdoc/>
    public override SessionDescription Description => _description;

    /// <inheritdoc/>
    public override StationSessionState State => _state;

    /// <inheritdoc/>
    public override long MessagesSent => _outbox.MessagesSent;

    /// <inheritdoc/>
    public override long MessagesReceived => Volatile.Read(ref _messagesReceived);

    /// <inheritdoc/>
    public override long BytesSent => _outbox.BytesSent;

    /// <inheritdoc/>
    public override long MessagesUndelivered => EndReason is null ? 0 : _outbox.MessagesUndelivered;

    /// <inheritdoc/>
    public override long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>The services that this side offers to the peer, and its requests to the peer's.</summary>
    public SessionServices Services { get; }

    /// <inheritdoc/>
    public override ValueTask<ulong> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _outbox.EnqueueAsync(message, accepted: null, cancellationToken);
    }

    /// <summary>As the other; <paramref name="accepted"/> learns the id before any of the message is sent. It must not block.</summary>
    internal ValueTask<ulong> SendAsync(OutgoingMessage message, Action<ulong> accepted, CancellationToken cancellationToken) =>
        _outbox.EnqueueAsync(message, accepted, cancellationToken);

    /// <inheritdoc/>
    public override Task WaitDeliveredAsync(ulong id, CancellationToken cancellationToken = default) =>
        _outbox.WaitDeliveredAsync(id, cancellationToken);

    /// <summary>Changes the keys of both directions: this side's now, the peer's at its next transport message.</summary>
    public void UpdateKeys() => _outbox.SendRekey(askPeer: true);

    /// <inheritdoc/>
    public override byte[] Export(string label, int length) => _state == StationSessionState.Closed
        ? throw new StationException(StationFault.InvalidState, "The session is over; its keys are gone.")
        : _noise.Export(label, length);

    /// <inheritdoc/>
    public override async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        BeginClosing(StationReason.Closed, dropQueue: false);
        try
        {
            await _ended.Task.WaitAsync(_limits.CloseTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            End(new StationException(StationFault.SessionClosed, "The session was closed; the peer did not close its side in time."));
        }

        await _ended.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Abort() => End(new StationException(StationFault.SessionClosed, "The session was aborted."));

    /// <inheritdoc/>
    internal override void Revoke()
    {
        var reason = new StationException(StationFault.SessionClosed, "The session was ended: its peer is accepted no longer.");
        Inbox.Finish(reason);
        Services.Finish(reason);
        BeginClosing(StationReason.PeerUntrusted, dropQueue: true);
    }

    /// <summary>This side's Welcome, sealed, for the caller to write.</summary>
    internal byte[] SealWelcome(ReadOnlySpan<byte> sessionId)
    {
        // session id [16] | last id delivered u64 | largest message u32 | window u32
        Span<byte> body = stackalloc byte[32];
        sessionId.CopyTo(body);
        BinaryPrimitives.WriteUInt32BigEndian(body[24..], (uint)_limits.MaxMessageSize);
        BinaryPrimitives.WriteUInt32BigEndian(body[28..], (uint)_limits.Window);
        return _outbox.SealFirst(FrameType.Welcome, body);
    }

    /// <summary>
    /// Answers message 3 with Close instead of Welcome, and reads on until the peer is done: bytes left unread would reset the
    /// connection and lose the Close.
    /// </summary>
    internal async Task RefuseAsync(StationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            Span<byte> body = stackalloc byte[10];
            body.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)reason);
            byte[] close = _outbox.SealFirst(FrameType.Close, body);
            await _transport.WriteAsync(close, cancellationToken).ConfigureAwait(false);
            await _transport.CompleteWritesAsync().ConfigureAwait(false);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(1));
            byte[] scratch = new byte[512];
            for (int i = 0; i < 64 && await _transport.ReadAsync(scratch, limit.Token).ConfigureAwait(false) > 0; i++)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer is gone: it has no more use for the reason.
        }
        finally
        {
            _closeSent = true;
            Discard(new StationException(StationFault.SessionClosed, "The session was refused."));
        }
    }

    /// <summary>Ends a session that was never started, and frees its keys.</summary>
    internal void Discard(StationException reason)
    {
        End(reason);
        ReleaseBuffer();
        _frames.Dispose();
        _outbox.Dispose();
    }

    /// <summary>Starts to read, beginning with what the handshake read too much; completes with the peer's Welcome.</summary>
    /// <exception cref="StationException">The peer closed instead, or the connection broke.</exception>
    internal async Task StartAsync(ReadOnlyMemory<byte> alreadyRead, CancellationToken cancellationToken)
    {
        _ = ReadLoopAsync(alreadyRead);
        try
        {
            await _welcomed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Abort();
            throw;
        }

        TimeSpan period = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond * 10, Math.Min(_limits.PingAfter.Ticks, _limits.DeadAfter.Ticks) / 3));
        _keepAlive = new Timer(static self => ((SecureSession)self!).OnKeepAlive(), this, period, period);
        if (_ended.Task.IsCompleted)
        {
            await _keepAlive.DisposeAsync().ConfigureAwait(false);
        }
    }

    [SuppressMessage("Design", "CA1033", Justification = "Called by the frame reader only.")]
    void IFrameHandler.OnFrame(FrameType type, byte flags, ReadOnlySpan<byte> body)
    {
        CheckTurn(type);
        switch (type)
        {
            case FrameType.Welcome:
                OnWelcome(body);
                break;
            case FrameType.Ack:
                _outbox.OnAck(BinaryPrimitives.ReadUInt64BigEndian(body), BinaryPrimitives.ReadUInt64BigEndian(body[8..]));
                break;
            case FrameType.Ping:
                // What came before the Ping is in the inbox before the Ack that goes with the Pong.
                HandOver();
                _outbox.SendPong(BinaryPrimitives.ReadUInt64BigEndian(body));
                break;
            case FrameType.Close:
                OnClose(BinaryPrimitives.ReadUInt16BigEndian(body), BinaryPrimitives.ReadUInt64BigEndian(body[2..]));
                break;
            case FrameType.Rekey when (flags & FrameHeader.Flag1) != 0:
                _outbox.SendRekey(askPeer: false);
                break;
        }
    }

    private void OnWelcome(ReadOnlySpan<byte> body)
    {
        if (_isWelcomed)
        {
            throw ProtocolError("a second Welcome");
        }

        _isWelcomed = true;
        _outbox.SetPeerLimits(BinaryPrimitives.ReadUInt32BigEndian(body[24..]), BinaryPrimitives.ReadUInt32BigEndian(body[28..]));
        if (Role == StationRole.Initiator)
        {
            _description = _description with { Id = Convert.ToHexStringLower(body[..16]) };
        }

        _description = _description with { ConnectedAt = DateTimeOffset.UtcNow };
        _welcomed.TrySetResult();
    }

    [SuppressMessage("Design", "CA1033", Justification = "Called by the frame reader only.")]
    void IFrameHandler.OnMessagePart(FrameHeader header, ReadOnlySpan<byte> part, bool isEnd)
    {
        CheckTurn(FrameType.Message);
        if (_assembler.IsAtStart && _bytesReceived - Inbox.BytesTaken >= _limits.Window)
        {
            throw ProtocolError("a message beyond the window");
        }

        if (_assembler.Add(header, part, isEnd) is { } message)
        {
            Volatile.Write(ref _bytesReceived, _bytesReceived + message.Length);
            Volatile.Write(ref _messagesReceived, _messagesReceived + 1);
            _arrived.Add(message);
        }
    }

    private void CheckTurn(FrameType type)
    {
        if (_peerClose is not null)
        {
            throw ProtocolError("a frame after its Close");
        }

        if (!_isWelcomed && type is not (FrameType.Welcome or FrameType.Close))
        {
            throw ProtocolError($"a {type} frame before its Welcome");
        }
    }

    private void OnClose(ushort reason, ulong deliveredId)
    {
        HandOver();
        _assembler.Dispose();
        _outbox.OnPeerClose(deliveredId);
        _peerClose = _isWelcomed ? PeerReasons.ToEnd(reason) : PeerReasons.ToRefusal(reason);
        _welcomed.TrySetException(_peerClose);
        BeginClosing(StationReason.Closed, dropQueue: true);
    }

    /// <summary>Gives what has come to the inbox and the services.</summary>
    private void HandOver()
    {
        if (_arrived.Count == 0)
        {
            return;
        }

        if (Inbox.Add(_arrived, DateTimeOffset.UtcNow))
        {
            foreach (StationMessage message in _arrived)
            {
                if (message.Kind == StationMessageKind.Service)
                {
                    Services.Dispatch(message);
                }
            }

            _outbox.NoteInboxChange();
        }

        _arrived.Clear();
    }

    private async Task ReadLoopAsync(ReadOnlyMemory<byte> alreadyRead)
    {
        StationException reason;
        try
        {
            await ReadAllAsync(alreadyRead).ConfigureAwait(false);
            reason = _peerClose
                ?? (_closeSent
                    ? new StationException(StationFault.SessionClosed, "The session was closed.")
                    : new StationException(StationFault.Truncated, "The connection ended without the peer's Close: what was still to come is lost."));
        }
        catch (IOException e)
        {
            reason = _peerClose ?? (_closeSent
                ? new StationException(StationFault.SessionClosed, "The session was closed.", e)
                : new StationException(StationFault.Truncated, $"The connection broke without the peer's Close: what was still to come is lost. {e.Message}", e));
        }
        catch (StationException e)
        {
            reason = e;
            await TellPeerAsync(e.Fault == StationFault.MessageTooLarge ? StationReason.MessageTooLarge : StationReason.ProtocolError).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            reason = new StationException(StationFault.SessionClosed, "The session was closed.", e);
        }
        catch (Exception e)
        {
            reason = new StationException(StationFault.ProtocolError, $"The session ended by an unexpected failure: {e.Message}", e);
        }

        if (_peerClose is not null)
        {
            // Our own Close is on its way; the peer waits for it.
            await CompletesWithinAsync(_outbox.CloseAsync(StationReason.Closed, dropQueue: true), s_courtesy).ConfigureAwait(false);
        }

        ReleaseBuffer();
        _frames.Dispose();
        _assembler.Dispose();
        End(reason);
        _outbox.Dispose();
    }

    private async Task ReadAllAsync(ReadOnlyMemory<byte> alreadyRead)
    {
        byte[] buffer = Reserve(burst: alreadyRead.Length > IdleBuffer, keep: 0);
        alreadyRead.CopyTo(buffer);
        int filled = alreadyRead.Length;
        int read = 0;
        while (true)
        {
            int eaten;
            try
            {
                eaten = _frames.Read(buffer.AsSpan(0, filled));
            }
            finally
            {
                // What was whole before a fault is delivered, however the bytes were cut on the way.
                HandOver();
            }

            if (_peerClose is not null && !_transport.CanCompleteWrites)
            {
                return;
            }

            if (eaten > 0)
            {
                // A transport message that decrypts is life; bytes are not, for an altered length makes all that follow part of one message.
                Volatile.Write(ref _lastHeard, Environment.TickCount64);
                filled -= eaten;
                Buffer.BlockCopy(buffer, eaten, buffer, 0, filled);
            }

            // A burst begins when the small buffer is full and ends when less than it came and nothing is left over.
            buffer = Reserve(burst: filled == IdleBuffer || (_readBufferIsRented && (filled > 0 || read >= IdleBuffer)) || read == IdleBuffer, keep: filled);
            read = await _transport.ReadAsync(buffer.AsMemory(filled), _stop.Token).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            filled += read;
            _readBufferUsed = Math.Max(_readBufferUsed, filled);
        }
    }

    /// <summary>The small or the large buffer, with the first <paramref name="keep"/> bytes kept.</summary>
    private byte[] Reserve(bool burst, int keep)
    {
        byte[] current = _readBuffer!;
        if (burst == _readBufferIsRented)
        {
            return current;
        }

        byte[] next = burst ? ArrayPool<byte>.Shared.Rent(BurstBuffer) : new byte[IdleBuffer];
        current.AsSpan(0, keep).CopyTo(next);
        ReleaseBuffer();
        _readBuffer = next;
        _readBufferIsRented = burst;
        _readBufferUsed = keep;
        return next;
    }

    private void ReleaseBuffer()
    {
        if (_readBuffer is { } buffer)
        {
            _readBuffer = null;
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, _readBufferUsed));
            if (_readBufferIsRented)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private void BeginClosing(StationReason reason, bool dropQueue)
    {
        lock (_gate)
        {
            if (_state == StationSessionState.Closed)
            {
                return;
            }

            _state = StationSessionState.Closing;
        }

        _ = WaitForCloseAsync(_outbox.CloseAsync(reason, dropQueue), reason);
    }

    private async Task WaitForCloseAsync(Task written, StationReason reason)
    {
        // A peer that takes nothing out of its inbox keeps the outbox from emptying: the last fifth of the time is for a Close without it.
        if (!await CompletesWithinAsync(written, 0.8 * _limits.CloseTimeout).ConfigureAwait(false))
        {
            await CompletesWithinAsync(_outbox.CloseAsync(reason, dropQueue: true), s_courtesy).ConfigureAwait(false);
        }

        _closeSent = written.IsCompletedSuccessfully;
        if (!await CompletesWithinAsync(_ended.Task, _closeSent ? _limits.CloseTimeout : TimeSpan.Zero).ConfigureAwait(false))
        {
            End(_peerClose ?? new StationException(StationFault.SessionClosed, "The session was closed; the peer did not close its side in time."));
        }
    }

    private async Task TellPeerAsync(StationReason reason)
    {
        BeginClosing(reason, dropQueue: true);

        // Before the end that follows: it drops the connection where Close has not been sent, and Close with it.
        _closeSent |= await CompletesWithinAsync(_outbox.CloseAsync(reason, dropQueue: true), s_courtesy).ConfigureAwait(false);
    }

    private static async Task<bool> CompletesWithinAsync(Task task, TimeSpan time)
    {
        try
        {
            await task.WaitAsync(time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void OnWriteFailed(Exception failure)
    {
        // The peer may have said why before it went: the reader finds that out, or the end of the stream.
        _ = EndLaterAsync(failure as StationException
            ?? new StationException(StationFault.Truncated, $"The connection broke: {failure.Message}", failure));
    }

    private async Task EndLaterAsync(StationException reason)
    {
        await CompletesWithinAsync(_ended.Task, s_courtesy).ConfigureAwait(false);
        End(reason);
    }

    private void OnKeepAlive()
    {
        long silence = Environment.TickCount64 - Volatile.Read(ref _lastHeard);
        if (silence >= _limits.DeadAfter.TotalMilliseconds)
        {
            End(new StationException(StationFault.Timeout, $"Nothing that can be read came from the peer for {silence / 1000.0:0.#} s; it counts as gone."));
        }
        else if (silence >= _limits.PingAfter.TotalMilliseconds)
        {
            _outbox.SendPing();
        }
    }

    private void End(StationException reason)
    {
        lock (_gate)
        {
            if (_state == StationSessionState.Closed)
            {
                return;
            }

            _state = StationSessionState.Closed;
        }

        _outbox.Finish(reason);
        EndProtector();
        _stop.Cancel();
        _keepAlive?.Dispose();
        if (_peerClose is not null || _closeSent)
        {
            _ = _transport.DisposeAsync().AsTask();
        }
        else
        {
            _transport.Abort();
        }

        Inbox.Finish(reason);
        Services.Finish(reason);
        _welcomed.TrySetException(_isWelcomed ? reason : PeerReasons.ToHandshakeFailure(reason));
        _ended.TrySetResult();
        _ = _welcomed.Task.Exception;
    }

    private static StationException ProtocolError(string what) =>
        new(StationFault.ProtocolError, $"The peer broke the protocol: {what}.");
}
