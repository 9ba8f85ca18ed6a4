using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Sessions;

/// <summary>
/// Turns messages and control frames into batches of transport messages and writes them. A long message goes out in several frames,
/// with room for control frames between batches. Not thread-safe: the outbox's one writer owns it.
/// </summary>
internal sealed class MessageWriter(ITransport transport, TransportState noise) : IDisposable
{
    // A frame stays well below a batch, so that control frames need not wait long behind it.
    private const int MaxFrameBody = 128 * 1024;

    // Frames of a fixed length: an Ack, a Ping, a Close.
    private const int EndRoom = (3 * FrameHeader.Size) + 16 + 8 + 10;

    private readonly FrameWriter _frames = new(noise);
    private readonly CancellationTokenSource _stop = new();
    private PendingMessage? _current;
    private int _currentOffset;
    private ulong _lastId;
    private long _bodyBytes;
    private (int Messages, long Room) _written;

    /// <summary>The id of the last message written whole.</summary>
    public ulong LastId => Volatile.Read(ref _lastId);

    /// <summary>Body bytes of the messages written whole.</summary>
    public long BodyBytes => Volatile.Read(ref _bodyBytes);

    /// <summary>Transport messages since the sending key was last changed.</summary>
    public long MessagesSinceRekey => _frames.MessagesSinceRekey;

    /// <summary>Whether a message has been begun and not ended.</summary>
    public bool IsInMessage => _current is not null;

    /// <summary>Body bytes of that message still to come.</summary>
    public int BodyLeft => _current is { } current ? current.BodyLength - _currentOffset : 0;

    /// <summary>How many messages were written whole since the last call, and the room that they took in the outbox.</summary>
    public (int Messages, long Room) TakeWritten()
    {
        (int, long) written = _written;
        _written = default;
        return written;
    }

    /// <summary>A first frame, sealed, for the caller to write.</summary>
    public byte[] SealFirst(FrameType type, ReadOnlySpan<byte> body)
    {
        _frames.Append(type, 0, body);
        byte[] sealedFrames = _frames.Take().ToArray();
        _frames.Release();
        return sealedFrames;
    }

    /// <summary>Begins a message and writes as much of it as the batch takes.</summary>
    public async ValueTask BeginAsync(PendingMessage pending)
    {
        int body = Math.Min(pending.BodyLength, MaxFrameBody - pending.HeadSize);
        if (_frames.Room < FrameHeader.Size + pending.HeadSize + body)
        {
            await FlushAsync().ConfigureAwait(false);
        }

        AppendFirstFrame(pending, body);
        _currentOffset = 0;
        Advance(pending, body);
        if (_current is not null)
        {
            await ContinueAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes frames of the message that has been begun, until the batch is full.</summary>
    public async ValueTask ContinueAsync()
    {
        while (_current is { } pending)
        {
            int body = Math.Min(BodyLeft, MaxFrameBody);
            if (_frames.Room < FrameHeader.Size + body)
            {
                if (!_frames.IsEmpty)
                {
                    return;
                }

                await FlushAsync().ConfigureAwait(false);
            }

            _frames.Append(FrameType.Message, body < BodyLeft ? FrameHeader.Flag1 : (byte)0, pending.Message.Body.Span.Slice(_currentOffset, body));
            Advance(pending, body);
        }
    }

    /// <summary>Drops the message that has been begun; only Close may follow.</summary>
    public void DropCurrent() => _current = null;

    /// <summary>Makes room for an Ack, a Ping and a Close.</summary>
    public ValueTask MakeRoomAsync() => _frames.Room < EndRoom ? FlushAsync() : ValueTask.CompletedTask;

    /// <summary>Appends an Ack: last id in the inbox u64, body bytes taken out of the inbox u64.</summary>
    public void AppendAck(ulong lastId, long taken)
    {
        Span<byte> body = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(body, lastId);
        BinaryPrimitives.WriteInt64BigEndian(body[8..], taken);
        _frames.Append(FrameType.Ack, 0, body);
    }

    /// <summary>Appends a Ping or a Pong: token u64.</summary>
    public void AppendToken(FrameType type, ulong token)
    {
        Span<byte> body = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(body, token);
        _frames.Append(type, 0, body);
    }

    /// <summary>Appends a Close: reason u16, last id delivered u64.</summary>
    public void AppendClose(StationReason reason, ulong deliveredId)
    {
        Span<byte> body = stackalloc byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)reason);
        BinaryPrimitives.WriteUInt64BigEndian(body[2..], deliveredId);
        _frames.Append(FrameType.Close, 0, body);
    }

    /// <summary>Writes what is pending, then a Rekey frame in a transport message of its own, and changes the key.</summary>
    public async ValueTask RekeyAsync(bool askPeer)
    {
        await FlushAsync().ConfigureAwait(false);
        _frames.AppendRekey(askPeer);
    }

    /// <summary>Writes what is pending.</summary>
    public async ValueTask FlushAsync()
    {
        if (!_frames.IsEmpty)
        {
            await transport.WriteAsync(_frames.Take(), _stop.Token).ConfigureAwait(false);
        }

        _frames.Clear();
    }

    /// <summary>Writes what is pending and ends the sending direction.</summary>
    public async ValueTask CompleteAsync()
    {
        await FlushAsync().ConfigureAwait(false);
        await transport.CompleteWritesAsync().ConfigureAwait(false);
    }

    /// <summary>Gives the buffer back while nothing is to be written.</summary>
    public void Release() => _frames.Release();

    /// <summary>Ends a write that is under way. From any thread.</summary>
    public void Stop() => _stop.Cancel();

    // The token source stays: a session's end may still be on its way to Stop, and without a timer it holds nothing to free.
    public void Dispose() => _frames.Dispose();

    private void AppendFirstFrame(PendingMessage pending, int body)
    {
        bool moreFollows = body < pending.BodyLength;
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

    private void Advance(PendingMessage pending, int body)
    {
        _currentOffset += body;
        _current = pending;
        if (_currentOffset == pending.BodyLength)
        {
            _current = null;
            _written = (_written.Messages + 1, _written.Room + pending.Room);
            Volatile.Write(ref _lastId, pending.Id);
            Volatile.Write(ref _bodyBytes, _bodyBytes + pending.BodyLength);
        }
    }
}
