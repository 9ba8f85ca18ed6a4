using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Sessions;

/// <summary>
/// The sending side of a session: messages in order, control frames between them, the peer's window, rekeying.
/// One writer at a time drains it, on the caller's thread when the session was quiet (short way for answers),
/// on the pool when sends come close together (so that many small messages share a transport message).
/// </summary>
internal sealed class Outbox : IDisposable
{
    // A frame with its head stays well below the writer's batch, so that control frames need not wait long behind it.
    private const int MaxFrameBody = 128 * 1024;
    private const int BatchBytes = 256 * 1024;
    private const int BatchMessages = 4096;
    private const int MaxPongs = 64;

    // A Ping and a Close.
    private const int EndRoom = (2 * FrameHeader.Size) + 8 + 10;

    // Sends that follow the last write by less than this are gathered by the pool.
    private static readonly long s_gatherTicks = System.Diagnostics.Stopwatch.Frequency / 100_000;

    private readonly Lock _gate = new();
    private readonly ITransport _transport;
    private readonly TransportState _noise;
    private readonly FrameWriter _frames;
    private readonly StationLimits _limits;
    private readonly Inbox _inbox;
    private readonly Action<Exception> _failed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Pending> _queue = new();
    private readonly List<Pending> _batch = [];
    private readonly Queue<ulong> _pongs = new();
    private readonly TaskCompletionSource _closeWritten = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrivalSignal _room = new();
    private readonly ArrivalSignal _delivery = new();
    private readonly Timer _ackTimer;

    private Pending? _current;
    private int _currentOffset;
    private ulong _lastId;
    private ulong _lastWrittenId;
    private ulong _deliveredId;
    private long _queuedBytes;
    private long _bodyBytesBegun;
    private long _bodyBytesSent;
    private long _peerTaken;
    private long _peerWindow;
    private long _peerMaxMessage;
    private ulong _ackedId;
    private long _ackedTaken;
    private ulong _pingFor;
    private bool _pingDue;
    private bool _keepAliveDue;
    private bool _ackDue;
    private bool _ackTimerArmed;
    private bool _rekeyDue;
    private bool _askPeerToRekey;
    private long _lastRekey = Environment.TickCount64;
    private long _lastWrite;
    private StationReason? _closeReason;
    private bool _dropQueue;
    private bool _isWriting;
    private bool _isClosed;
    private bool _isDisposed;
    private StationException? _end;

    public Outbox(ITransport transport, TransportState noise, StationLimits limits, Inbox inbox, Action<Exception> failed)
    {
        _transport = transport;
        _noise = noise;
        _frames = new FrameWriter(noise);
        _limits = limits;
        _inbox = inbox;
        _failed = failed;
        _ackTimer = new Timer(static self => ((Outbox)self!).OnAckTimer(), this, Timeout.Infinite, Timeout.Infinite);
    }

    private readonly record struct Pending(OutgoingMessage Message, ulong Id, int HeadSize);

    public long MessagesSent => (long)Volatile.Read(ref _lastWrittenId);

    /// <summary>Messages accepted that the peer has not acknowledged.</summary>
    public long MessagesUndelivered
    {
        get
        {
            lock (_gate)
            {
                return (long)(_lastId - _deliveredId);
            }
        }
    }

    public long BytesSent => Volatile.Read(ref _bodyBytesSent);

    /// <summary>The frames of this side before the first message: Welcome, or a Close instead of it. Sealed, to be written by the caller.</summary>
    public byte[] SealFirst(FrameType type, ReadOnlySpan<byte> body)
    {
        _frames.Append(type, 0, body);
        byte[] sealedFrames = _frames.Take().ToArray();
        _frames.Release();
        return sealedFrames;
    }

    /// <summary>What the peer's Welcome allows.</summary>
    public void SetPeerLimits(uint maxMessage, uint window)
    {
        lock (_gate)
        {
            _peerMaxMessage = maxMessage;
            _peerWindow = window;
        }
    }

    public ValueTask<ulong> EnqueueAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        int headSize = MessageCodec.Measure(message.Headers);
        return TryEnqueue(message, headSize, out ulong id) ? new(id) : new(WaitAndEnqueueAsync(message, headSize, cancellationToken));
    }

    /// <summary>Waits until the peer has acknowledged <paramref name="id"/>, asking it to do so at once.</summary>
    public async Task WaitDeliveredAsync(ulong id, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task delivery = _delivery.Arm();
            lock (_gate)
            {
                if (_deliveredId >= id)
                {
                    return;
                }

                if (id > _lastId)
                {
                    throw new StationException(StationFault.InvalidArgument, $"Message {id} has not been sent on this session.");
                }

                if (_end is { } end)
                {
                    throw new StationException(StationFault.Undelivered, $"The session ended before the peer had message {id}: {end.Message}", end);
                }

                if (_pingFor < id)
                {
                    _pingFor = _lastId;
                    _pingDue = true;
                    StartOnPool();
                }
            }

            await delivery.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The peer's Ack frame.</summary>
    public void OnAck(ulong id, ulong taken)
    {
        lock (_gate)
        {
            if (id > _lastWrittenId || id < _deliveredId || taken > (ulong)_bodyBytesBegun || (long)taken < _peerTaken)
            {
                throw new StationException(StationFault.ProtocolError, "The peer broke the protocol: an Ack of what was not sent, or one that goes back.");
            }

            _deliveredId = id;
            _peerTaken = (long)taken;
            if (_queue.Count > 0)
            {
                StartOnPool();
            }
        }

        _delivery.Pulse();
    }

    /// <summary>The last id that the peer names in its Close: what is beyond it will not be delivered.</summary>
    public void OnPeerClose(ulong deliveredId)
    {
        lock (_gate)
        {
            if (deliveredId <= _lastWrittenId && deliveredId > _deliveredId)
            {
                _deliveredId = deliveredId;
            }
        }

        _delivery.Pulse();
    }

    public void SendPong(ulong token)
    {
        lock (_gate)
        {
            if (_pongs.Count >= MaxPongs)
            {
                throw new StationException(StationFault.ProtocolError, "The peer broke the protocol: it sends Pings without reading the Pongs.");
            }

            _pongs.Enqueue(token);
            _ackDue = true;
            StartOnPool();
        }
    }

    /// <summary>Asks for a sign of life, whatever the window says.</summary>
    public void SendPing()
    {
        lock (_gate)
        {
            _keepAliveDue = true;
            StartOnPool();
        }
    }

    /// <summary>Changes the sending key; with <paramref name="askPeer"/> the peer changes its own too.</summary>
    public void SendRekey(bool askPeer)
    {
        lock (_gate)
        {
            _rekeyDue = true;
            _askPeerToRekey |= askPeer;
            StartOnPool();
        }
    }

    /// <summary>Something came into or left the inbox: acknowledges now if much did, else soon.</summary>
    public void NoteInboxChange()
    {
        ulong unackedMessages = _inbox.LastId - Volatile.Read(ref _ackedId);
        long unackedBytes = _inbox.BytesTaken - Volatile.Read(ref _ackedTaken);
        if (unackedBytes >= _limits.Window / 4 || unackedMessages >= 1024)
        {
            lock (_gate)
            {
                _ackDue = true;
                StartOnPool();
            }
        }
        else if ((unackedMessages > 0 || unackedBytes > 0) && !Volatile.Read(ref _ackTimerArmed))
        {
            lock (_gate)
            {
                if (!_ackTimerArmed && !_isDisposed)
                {
                    _ackTimerArmed = true;
                    _ackTimer.Change(2, Timeout.Infinite);
                }
            }
        }
    }

    /// <summary>Writes Close after what is queued, or instead of it, and ends the sending direction. Completes when that is written.</summary>
    public Task CloseAsync(StationReason reason, bool dropQueue)
    {
        lock (_gate)
        {
            _closeReason ??= reason;
            _dropQueue |= dropQueue;
            if (_end is null)
            {
                StartOnPool();
            }
        }

        _room.Pulse();
        return _closeWritten.Task;
    }

    /// <summary>The session is over: whoever waits learns why.</summary>
    public void Finish(StationException reason)
    {
        lock (_gate)
        {
            _end ??= reason;
            _queue.Clear();
        }

        _stop.Cancel();
        _closeWritten.TrySetResult();
        _room.Pulse();
        _delivery.Pulse();
    }

    /// <summary>Frees the buffers once nobody writes any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            if (_isWriting)
            {
                return; // the writer calls again when it stops
            }
        }

        _ackTimer.Dispose();
        _frames.Dispose();
        _noise.Dispose();
    }

    private bool TryEnqueue(OutgoingMessage message, int headSize, out ulong id)
    {
        bool onPool;
        lock (_gate)
        {
            ThrowIfOver();
            if (message.Body.Length > _peerMaxMessage)
            {
                throw new StationException(StationFault.MessageTooLarge, $"The message has {message.Body.Length} bytes; the peer takes {_peerMaxMessage} at most.");
            }

            if (_queue.Count > 0 && (_queuedBytes + message.Body.Length > _limits.OutboxBytes || _queue.Count >= _limits.OutboxMessages))
            {
                id = 0;
                return false;
            }

            id = ++_lastId;
            _queue.Enqueue(new Pending(message, id, headSize));
            _queuedBytes += message.Body.Length;
            if (_isWriting)
            {
                return true;
            }

            _isWriting = true;
            onPool = System.Diagnostics.Stopwatch.GetTimestamp() - _lastWrite < s_gatherTicks;
        }

        if (onPool)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.DrainAsync(inline: false), this, preferLocal: false);
        }
        else
        {
            _ = DrainAsync(inline: true);
        }

        return true;
    }

    private async Task<ulong> WaitAndEnqueueAsync(OutgoingMessage message, int headSize, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room = _room.Arm();
            if (TryEnqueue(message, headSize, out ulong id))
            {
                return id;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void ThrowIfOver()
    {
        if (_end is { } end)
        {
            throw new StationException(end.Fault == StationFault.SessionClosed ? StationFault.SessionClosed : end.Fault, end.Message, end) { PeerHint = end.PeerHint };
        }

        if (_closeReason is not null)
        {
            throw new StationException(StationFault.SessionClosed, "The session is closing; nothing new can be sent.");
        }
    }

    private void OnAckTimer()
    {
        lock (_gate)
        {
            _ackTimerArmed = false;
            if (_isDisposed || _end is not null)
            {
                return;
            }

            if (_inbox.LastId != _ackedId || _inbox.BytesTaken != _ackedTaken)
            {
                _ackDue = true;
                StartOnPool();
            }
        }
    }

    // Under the gate.
    private void StartOnPool()
    {
        if (!_isWriting && _end is null && !_isDisposed)
        {
            _isWriting = true;
            ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.DrainAsync(inline: false), this, preferLocal: false);
        }
    }

    private async Task DrainAsync(bool inline)
    {
        try
        {
            for (int batches = 0; TakeBatch(out Control control); batches++)
            {
                if (inline && batches == 1)
                {
                    // The caller has written its own message; what others have queued meanwhile is the pool's work.
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }

                await WriteBatchAsync(control).ConfigureAwait(false);
                _room.Pulse();
            }
        }
        catch (Exception e)
        {
            StopWriting();
            if (e is not OperationCanceledException || !_stop.IsCancellationRequested)
            {
                _failed(e);
            }
        }
    }

    private void StopWriting()
    {
        bool dispose;
        lock (_gate)
        {
            _isWriting = false;
            dispose = _isDisposed;
        }

        if (dispose)
        {
            Dispose();
        }
    }

    private record struct Control(bool Ack, bool Rekey, bool AskPeer, bool Close, StationReason Reason);

    /// <summary>Takes what may be written now; when there is nothing, ends the writer's turn.</summary>
    private bool TakeBatch(out Control control)
    {
        lock (_gate)
        {
            control = default;
            if (_end is null && !_isClosed)
            {
                if (_dropQueue)
                {
                    _queue.Clear();
                    _queuedBytes = 0;
                    _current = null;
                }

                int bytes = _current is { } current ? current.Message.Body.Length - _currentOffset : 0;
                while (bytes < BatchBytes && _batch.Count < BatchMessages
                    && _bodyBytesBegun - _peerTaken < _peerWindow
                    && _queue.TryDequeue(out Pending next))
                {
                    bytes += FrameHeader.Size + next.HeadSize + next.Message.Body.Length;
                    _bodyBytesBegun += next.Message.Body.Length;
                    _queuedBytes -= next.Message.Body.Length;
                    _batch.Add(next);
                }

                bool rekeyDue = _rekeyDue
                    || _frames.MessagesSinceRekey >= _limits.RekeyAfterMessages
                    || (Environment.TickCount64 - _lastRekey >= _limits.RekeyAfter.TotalMilliseconds && (bytes > 0 || _ackDue));
                bool ack = _ackDue || _inbox.LastId != _ackedId || _inbox.BytesTaken != _ackedTaken;
                control = new Control(
                    ack && (_ackDue || bytes > 0),
                    rekeyDue,
                    _askPeerToRekey,
                    _closeReason is not null && _queue.Count == 0 && _batch.Count == 0 && _current is null,
                    _closeReason.GetValueOrDefault());
                _ackDue = false;
                _rekeyDue = false;
                _askPeerToRekey = false;
                if (_batch.Count > 0 || _current is not null || control.Ack || control.Rekey || control.Close || _pongs.Count > 0 || PingIsDue())
                {
                    return true;
                }
            }

            _isWriting = false;
            if (!_isDisposed)
            {
                _frames.Release();
                return false;
            }
        }

        Dispose();
        return false;
    }

    private bool PingIsDue() => _keepAliveDue || (_pingDue && _lastWrittenId >= _pingFor);

    private async ValueTask WriteBatchAsync(Control control)
    {
        if (control.Rekey)
        {
            await FlushAsync().ConfigureAwait(false);
            _frames.AppendRekey(control.AskPeer);
            _lastRekey = Environment.TickCount64;
        }

        AppendControl(control.Ack);
        if (_current is not null)
        {
            await ContinueCurrentAsync().ConfigureAwait(false);
        }

        int written = 0;
        try
        {
            for (; written < _batch.Count && _current is null; written++)
            {
                await BeginAsync(_batch[written]).ConfigureAwait(false);
            }
        }
        finally
        {
            PutBack(written);
        }

        if (_frames.Room < EndRoom)
        {
            await FlushAsync().ConfigureAwait(false);
        }

        AppendPing();
        if (control.Close)
        {
            AppendClose(control.Reason);
        }

        await FlushAsync().ConfigureAwait(false);
        _lastWrite = System.Diagnostics.Stopwatch.GetTimestamp();
        if (control.Close)
        {
            lock (_gate)
            {
                _isClosed = true;
            }

            await _transport.CompleteWritesAsync().ConfigureAwait(false);
            _closeWritten.TrySetResult();
        }
    }

    /// <summary>Messages of the batch that a long one before them kept from being written go back to the front.</summary>
    private void PutBack(int written)
    {
        if (written < _batch.Count)
        {
            lock (_gate)
            {
                Pending[] later = [.. _queue];
                _queue.Clear();
                for (int i = written; i < _batch.Count; i++)
                {
                    _bodyBytesBegun -= _batch[i].Message.Body.Length;
                    _queuedBytes += _batch[i].Message.Body.Length;
                    _queue.Enqueue(_batch[i]);
                }

                foreach (Pending pending in later)
                {
                    _queue.Enqueue(pending);
                }
            }
        }

        _batch.Clear();
    }

    private void AppendControl(bool ack)
    {
        Span<byte> body = stackalloc byte[16];
        if (ack)
        {
            ulong lastId = _inbox.LastId;
            long taken = _inbox.BytesTaken;
            BinaryPrimitives.WriteUInt64BigEndian(body, lastId);
            BinaryPrimitives.WriteInt64BigEndian(body[8..], taken);
            Volatile.Write(ref _ackedId, lastId);
            Volatile.Write(ref _ackedTaken, taken);
            _frames.Append(FrameType.Ack, 0, body);
        }

        while (true)
        {
            lock (_gate)
            {
                if (!_pongs.TryDequeue(out ulong token))
                {
                    return;
                }

                BinaryPrimitives.WriteUInt64BigEndian(body, token);
            }

            _frames.Append(FrameType.Pong, 0, body[..8]);
        }
    }

    private void AppendPing()
    {
        lock (_gate)
        {
            if (!PingIsDue())
            {
                return;
            }

            _pingDue = false;
            _keepAliveDue = false;
        }

        Span<byte> token = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(token, _pingFor);
        _frames.Append(FrameType.Ping, 0, token);
    }

    // After the inbox is sealed no message is taken in any more, so the id in the Close stays true.
    private void AppendClose(StationReason reason)
    {
        Span<byte> body = stackalloc byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)reason);
        BinaryPrimitives.WriteUInt64BigEndian(body[2..], _inbox.Seal());
        _frames.Append(FrameType.Close, 0, body);
    }

    private async ValueTask BeginAsync(Pending pending)
    {
        int body = Math.Min(pending.Message.Body.Length, MaxFrameBody - pending.HeadSize);
        if (_frames.Room < FrameHeader.Size + pending.HeadSize + body)
        {
            await FlushAsync().ConfigureAwait(false);
        }

        AppendFirstFrame(pending, body);
        Advance(pending, body);
        if (_current is not null)
        {
            await ContinueCurrentAsync().ConfigureAwait(false);
        }
    }

    private void AppendFirstFrame(Pending pending, int body)
    {
        bool moreFollows = body < pending.Message.Body.Length;
        int size = FrameHeader.Size + pending.HeadSize;
        byte[]? rented = null;
        Span<byte> head = size <= 256 ? stackalloc byte[size] : (rented = ArrayPool<byte>.Shared.Rent(size)).AsSpan(0, size);
        new FrameHeader(FrameType.Message, moreFollows ? FrameHeader.Flag1 : (byte)0, pending.HeadSize + body).Write(head);
        MessageCodec.Write(head[FrameHeader.Size..], pending.Id, pending.Message);
        _frames.Append(head);
        _frames.Append(pending.Message.Body.Span[..body]);
        if (rented is not null)
        {
            CryptographicOperations.ZeroMemory(head);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Writes frames of the long message until a batch is full; control frames come between batches.</summary>
    private async ValueTask ContinueCurrentAsync()
    {
        Pending pending = _current!.Value;
        while (_current is not null)
        {
            int body = Math.Min(pending.Message.Body.Length - _currentOffset, MaxFrameBody);
            if (_frames.Room < FrameHeader.Size + body)
            {
                if (!_frames.IsEmpty)
                {
                    return;
                }

                await FlushAsync().ConfigureAwait(false);
            }

            bool moreFollows = _currentOffset + body < pending.Message.Body.Length;
            _frames.Append(FrameType.Message, moreFollows ? FrameHeader.Flag1 : (byte)0, pending.Message.Body.Span.Slice(_currentOffset, body));
            Advance(pending, body);
        }
    }

    private void Advance(Pending pending, int body)
    {
        int offset = (_current is null ? 0 : _currentOffset) + body;
        bool isWhole = offset == pending.Message.Body.Length;
        _currentOffset = offset;
        _current = isWhole ? null : pending;
        if (isWhole)
        {
            Volatile.Write(ref _lastWrittenId, pending.Id);
            Volatile.Write(ref _bodyBytesSent, _bodyBytesSent + pending.Message.Body.Length);
        }
    }

    private async ValueTask FlushAsync()
    {
        if (!_frames.IsEmpty)
        {
            await _transport.WriteAsync(_frames.Take(), _stop.Token).ConfigureAwait(false);
        }

        _frames.Clear();
    }
}
