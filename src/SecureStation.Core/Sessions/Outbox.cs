using System.Diagnostics;
using System.Runtime.InteropServices;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Sessions;

/// <summary>
/// The sending side of a session: what is to be sent, in order, within the peer's window, and who waits for it.
/// One writer at a time drains it, on the caller's thread when the session was quiet (short way for answers),
/// on the pool when sends come close together (so that many small messages share a transport message).
/// </summary>
internal sealed class Outbox : IDisposable
{
    private const int BatchBytes = 256 * 1024;
    private const int BatchMessages = 4096;
    private const int MaxPongs = 1024;

    // Sends that follow the last write by less than this are gathered by the pool.
    private static readonly long s_gatherTicks = Stopwatch.Frequency / 100_000;

    private readonly Lock _gate = new();
    private readonly TransportState _noise;
    private readonly MessageWriter _writer;
    private readonly StationLimits _limits;
    private readonly Inbox _inbox;
    private readonly Acknowledgements _acknowledgements;
    private readonly Action<Exception> _failed;
    private readonly SendQueue _queue;
    private readonly List<PendingMessage> _batch = [];
    private readonly Queue<ulong> _pongs = new();
    private readonly TaskCompletionSource _closeWritten = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrivalSignal _room = new();
    private readonly ArrivalSignal _delivery = new();
    private readonly UntakenCost _untaken = new();

    private ulong _lastId;
    private ulong _deliveredId;
    private long _bodyBytesBegun;
    private long _peerTaken;
    private long _peerWindow;
    private long _peerMaxMessage;
    private ulong _pingFor;
    private bool _pingDue;
    private bool _keepAliveDue;
    private bool _ackDue;
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
        _noise = noise;
        _writer = new MessageWriter(transport, noise);
        _limits = limits;
        _inbox = inbox;
        _acknowledgements = new Acknowledgements(inbox, limits.Window, SendAck);
        _queue = new SendQueue(limits.OutboxBytes, limits.OutboxMessages);
        _failed = failed;
    }

    public long MessagesSent => (long)_writer.LastId;

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

    public long BytesSent => _writer.BodyBytes;

    /// <summary>The frames of this side before the first message: Welcome, or a Close instead of it. Sealed, to be written by the caller.</summary>
    public byte[] SealFirst(FrameType type, ReadOnlySpan<byte> body) => _writer.SealFirst(type, body);

    /// <summary>What the peer's Welcome allows.</summary>
    public void SetPeerLimits(uint maxMessage, uint window)
    {
        lock (_gate)
        {
            _peerMaxMessage = maxMessage;
            _peerWindow = window;
        }
    }

    /// <param name="message">The message.</param>
    /// <param name="accepted">Called under the lock with the message's id, before any of it is sent: whoever waits for an answer registers there.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    public ValueTask<ulong> EnqueueAsync(OutgoingMessage message, Action<ulong>? accepted, CancellationToken cancellationToken)
    {
        int headSize = MessageCodec.Measure(message.Headers);
        return TryEnqueue(message, headSize, accepted, out ulong id) ? new(id) : new(WaitAndEnqueueAsync(message, headSize, accepted, cancellationToken));
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
            if (id > _writer.LastId || id < _deliveredId || taken > (ulong)_bodyBytesBegun || (long)taken < _peerTaken)
            {
                throw new StationException(StationFault.ProtocolError, "The peer broke the protocol: an Ack of what was not sent, or one that goes back.");
            }

            _deliveredId = id;
            _peerTaken = (long)taken;
            _untaken.NoteTaken(_peerTaken);
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
            if (deliveredId <= _writer.LastId && deliveredId > _deliveredId)
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
    public void NoteInboxChange() => _acknowledgements.NoteChange();

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

        _writer.Stop();
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

        _acknowledgements.Dispose();
        _writer.Dispose();
        _noise.Dispose();
    }

    private bool TryEnqueue(OutgoingMessage message, int headSize, Action<ulong>? accepted, out ulong id)
    {
        bool onPool;
        lock (_gate)
        {
            ThrowIfOver();
            if (message.Body.Length > _peerMaxMessage)
            {
                throw new StationException(StationFault.MessageTooLarge, $"The message has {message.Body.Length} bytes; the peer takes {_peerMaxMessage} at most.");
            }

            if (!_queue.HasRoomFor(PendingMessage.RoomOf(message, headSize)))
            {
                id = 0;
                return false;
            }

            id = ++_lastId;
            accepted?.Invoke(id);
            _queue.Enqueue(new PendingMessage(message, id, headSize));
            if (_isWriting)
            {
                return true;
            }

            _isWriting = true;
            onPool = Stopwatch.GetTimestamp() - _lastWrite < s_gatherTicks;
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

    private async Task<ulong> WaitAndEnqueueAsync(OutgoingMessage message, int headSize, Action<ulong>? accepted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room = _room.Arm();
            if (TryEnqueue(message, headSize, accepted, out ulong id))
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

    private void SendAck()
    {
        lock (_gate)
        {
            _ackDue = true;
            StartOnPool();
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
                GiveRoomBack();
            }
        }
        catch (Exception e)
        {
            StopWriting();
            if (e is not OperationCanceledException)
            {
                _failed(e);
            }
        }
    }

    /// <summary>What was written leaves its room, and wakes those who wait for it once there is plenty: each waking costs as much as several messages.</summary>
    private void GiveRoomBack()
    {
        (int messages, long room) = _writer.TakeWritten();
        bool isPlenty;
        lock (_gate)
        {
            _queue.NoteWritten(messages, room);
            isPlenty = _queue.HasPlentyOfRoom;
        }

        if (isPlenty)
        {
            _room.Pulse();
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
                    _writer.DropCurrent();
                }

                int bytes = _writer.BodyLeft;
                long cost = 0;
                while (bytes < BatchBytes && _batch.Count < BatchMessages
                    && _bodyBytesBegun - _peerTaken < _peerWindow
                    && _untaken.Value + cost < UntakenCost.Limit
                    && _queue.TryDequeue(out PendingMessage next))
                {
                    bytes += FrameHeader.Size + next.HeadSize + next.BodyLength;
                    cost += CostOf(next);
                    _bodyBytesBegun += next.BodyLength;
                    _batch.Add(next);
                }

                bool rekeyDue = _rekeyDue
                    || _writer.MessagesSinceRekey >= _limits.RekeyAfterMessages
                    || (Environment.TickCount64 - _lastRekey >= _limits.RekeyAfter.TotalMilliseconds && (bytes > 0 || _ackDue));
                control = new Control(
                    _ackDue || (bytes > 0 && _acknowledgements.AreDue),
                    rekeyDue,
                    _askPeerToRekey,
                    _closeReason is not null && _queue.Count == 0 && _batch.Count == 0 && !_writer.IsInMessage,
                    _closeReason.GetValueOrDefault());
                _ackDue = false;
                _rekeyDue = false;
                _askPeerToRekey = false;
                if (_batch.Count > 0 || _writer.IsInMessage || control.Ack || control.Rekey || control.Close || _pongs.Count > 0 || PingIsDue())
                {
                    return true;
                }
            }

            _isWriting = false;
            if (!_isDisposed)
            {
                _writer.Release();
                return false;
            }
        }

        Dispose();
        return false;
    }

    private bool PingIsDue() => _keepAliveDue || (_pingDue && _writer.LastId >= _pingFor);

    private async ValueTask WriteBatchAsync(Control control)
    {
        if (control.Rekey)
        {
            await _writer.RekeyAsync(control.AskPeer).ConfigureAwait(false);
            _lastRekey = Environment.TickCount64;
        }

        AppendAcknowledgements(control.Ack);
        if (_writer.IsInMessage)
        {
            await _writer.ContinueAsync().ConfigureAwait(false);
        }

        int written = 0;
        try
        {
            for (; written < _batch.Count && !_writer.IsInMessage; written++)
            {
                await _writer.BeginAsync(_batch[written]).ConfigureAwait(false);
            }
        }
        finally
        {
            NoteBegun(written);
        }

        await _writer.MakeRoomAsync().ConfigureAwait(false);
        AppendPing();
        if (!control.Close)
        {
            await _writer.FlushAsync().ConfigureAwait(false);
            _lastWrite = Stopwatch.GetTimestamp();
            return;
        }

        // After the inbox is sealed no message is taken in any more, so the id in the Close stays true.
        _writer.AppendClose(control.Reason, _inbox.Seal());
        await _writer.CompleteAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _isClosed = true;
        }

        _closeWritten.TrySetResult();
    }

    /// <summary>Messages of the batch that a long one before them kept from being begun go back to the front.</summary>
    private void NoteBegun(int begun)
    {
        Span<PendingMessage> batch = CollectionsMarshal.AsSpan(_batch);
        if (!batch.IsEmpty)
        {
            lock (_gate)
            {
                foreach (PendingMessage pending in batch[..begun])
                {
                    _untaken.Add(pending.BodyLength, CostOf(pending));
                }

                foreach (PendingMessage pending in batch[begun..])
                {
                    _bodyBytesBegun -= pending.BodyLength;
                }

                _queue.PutBack(batch[begun..]);
            }
        }

        _batch.Clear();
    }

    private static long CostOf(PendingMessage pending) => MessageCost.OfSent(pending.Message.Headers.Count, pending.HeadSize);

    private void AppendAcknowledgements(bool ack)
    {
        if (ack)
        {
            (ulong lastId, long taken) = _acknowledgements.Take();
            _writer.AppendAck(lastId, taken);
        }

        // Not while there are any: a peer that sends Pings as fast as they are answered would fill the batch, and nothing else went out.
        for (int i = 0; i < MaxPongs && TryTakePong(out ulong token); i++)
        {
            _writer.AppendToken(FrameType.Pong, token);
        }
    }

    private bool TryTakePong(out ulong token)
    {
        lock (_gate)
        {
            return _pongs.TryDequeue(out token);
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

        _writer.AppendToken(FrameType.Ping, _pingFor);
    }
}
