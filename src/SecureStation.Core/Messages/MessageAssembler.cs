using System.Buffers;
using System.Security.Cryptography;
using SecureStation.Core.Framing;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Messages;

/// <summary>
/// Joins the Message frames of one message, checking its id and size as they come. The body of a message in one frame is copied once,
/// to where it stays; one in many frames grows in a pooled buffer first, since only its last frame says how long it is.
/// </summary>
internal sealed class MessageAssembler(StationSession session, int maxMessageSize) : IDisposable
{
    // What a head in pieces may leave behind for the next one; a peer that sends one large head must not hold its buffer for ever.
    private const int MaxIdleHead = 1024;

    private ArrayBufferWriter<byte> _head = new();
    private HeaderScan _scan;
    private MessageStart? _start;
    private byte[]? _body;
    private bool _isPooled;
    private int _bodyLength;
    private ulong _nextId = 1;

    /// <summary>Whether the next bytes begin a new message.</summary>
    public bool IsAtStart => _start is null && _head.WrittenCount == 0;

    /// <summary>Takes the next bytes of a Message frame; returns the message when it is whole.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/> or <see cref="StationFault.MessageTooLarge"/>.</exception>
    public StationMessage? Add(FrameHeader frame, ReadOnlySpan<byte> part, bool isEndOfFrame)
    {
        bool isLastFrame = (frame.Flags & FrameHeader.Flag1) == 0;
        if (_start is null)
        {
            if (!TryReadStart(ref part, isEndOfFrame, out MessageStart start))
            {
                return null;
            }

            int bodyInFrame = frame.Length - start.BodyOffset;
            CheckSize(bodyInFrame);
            _start = start;
            if (isLastFrame)
            {
                _body = bodyInFrame == 0 ? [] : GC.AllocateUninitializedArray<byte>(bodyInFrame);
            }
        }

        Keep(part);
        return isLastFrame && isEndOfFrame ? Finish() : null;
    }

    /// <summary>Drops an unfinished message.</summary>
    public void Dispose()
    {
        if (_body is { } body)
        {
            CryptographicOperations.ZeroMemory(body.AsSpan(0, _bodyLength));
        }

        ForgetHead();
        Forget();
    }

    private bool TryReadStart(ref ReadOnlySpan<byte> part, bool isEndOfFrame, out MessageStart start)
    {
        start = default;
        ReadOnlySpan<byte> frame = part;
        int before = _head.WrittenCount;
        if (before > 0)
        {
            _head.Write(part);
            frame = _head.WrittenSpan;
        }

        if (!isEndOfFrame && !_scan.IsComplete(frame))
        {
            if (before == 0)
            {
                _head.Write(part);
            }

            if (_head.WrittenCount > MessageCodec.FixedSize + MessageCodec.MaxHeaderBytes)
            {
                throw new StationException(StationFault.ProtocolError, "The peer broke the protocol: headers of more than 64 KiB.");
            }

            return false;
        }

        start = MessageCodec.Read(frame);
        if (start.Id != _nextId)
        {
            throw new StationException(StationFault.ProtocolError, $"The peer broke the protocol: message {start.Id} where {_nextId} was due.");
        }

        _nextId++;
        part = part[(start.BodyOffset - before)..];
        ForgetHead();
        _scan = default;
        return true;
    }

    private void CheckSize(long size)
    {
        if (size > maxMessageSize)
        {
            throw new StationException(StationFault.MessageTooLarge, $"The peer sent a message of more than {maxMessageSize} bytes.");
        }
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        CheckSize(_bodyLength + (long)part.Length);
        if (_body is null || _body.Length < _bodyLength + part.Length)
        {
            Grow(_bodyLength + part.Length);
        }

        part.CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength += part.Length;
    }

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(maxMessageSize, Math.Max(needed, 2 * _bodyLength)));
        if (_body is { } old)
        {
            old.AsSpan(0, _bodyLength).CopyTo(larger);
            ReturnToPool(old);
        }

        _body = larger;
        _isPooled = true;
    }

    private StationMessage Finish()
    {
        MessageStart start = _start!.Value;
        byte[] body = _isPooled ? _body.AsSpan(0, _bodyLength).ToArray() : _body!;
        Forget();
        return new StationMessage(session, start.Id, start.InReplyTo, start.Kind, start.Headers, body);
    }

    private void ForgetHead()
    {
        _head.Clear();
        if (_head.Capacity > MaxIdleHead)
        {
            _head = new ArrayBufferWriter<byte>();
        }
    }

    private void Forget()
    {
        if (_isPooled)
        {
            ReturnToPool(_body!);
        }

        _start = null;
        _body = null;
        _isPooled = false;
        _bodyLength = 0;
    }

    private void ReturnToPool(byte[] buffer)
    {
        if (_isPooled)
        {
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, _bodyLength));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
