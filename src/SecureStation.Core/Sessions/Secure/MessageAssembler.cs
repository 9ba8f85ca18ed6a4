using System.Buffers;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Joins the Message frames of one message, checking its id and size as they come. The body of a message in one frame is copied once,
/// to where it stays, or decrypted there; one in many frames grows in chunks first, since only its last frame says how long it is.
/// </summary>
internal sealed class MessageAssembler(StationSession session, int maxMessageSize, ulong firstId) : IDisposable
{
    // What a head in pieces may leave behind for the next one; a peer that sends one large head must not hold its buffer for ever.
    private const int MaxIdleHead = 1024;

    private ArrayBufferWriter<byte> _head = new();
    private HeaderScan _scan;
    private MessageStart? _start;
    private readonly BodyBuilder _body = new(session?.Inbox.SpareBodies);
    private ulong _nextId = firstId;

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
                _body.Begin(bodyInFrame);
            }
        }

        CheckSize(_body.Length + (long)part.Length);
        _body.Append(part);
        return isLastFrame && isEndOfFrame ? Finish() : null;
    }

    /// <summary>Where the next bytes of a body that has begun will lie; empty where none has.</summary>
    /// <exception cref="StationException"><see cref="StationFault.MessageTooLarge"/>.</exception>
    public Span<byte> Reserve(int length)
    {
        if (_start is null)
        {
            return default;
        }

        CheckSize(_body.Length + (long)length);
        return _body.Reserve(length);
    }

    /// <summary>The next bytes of the body lie where <see cref="Reserve"/> said; returns the message when it is whole.</summary>
    public StationMessage? Add(FrameHeader frame, int length, bool isEndOfFrame)
    {
        _body.Advance(length);
        return isEndOfFrame && (frame.Flags & FrameHeader.Flag1) == 0 ? Finish() : null;
    }

    /// <summary>Drops an unfinished message.</summary>
    public void Dispose()
    {
        _body.Drop();
        _start = null;
        ForgetHead();
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

    private StationMessage Finish()
    {
        MessageStart start = _start!.Value;
        _start = null;
        var message = new StationMessage(session, start.Id, start.InReplyTo, start.Kind, start.Headers, _body.Finish());
        return session is { NotesDigests: true } && message.Kind != StationMessageKind.Service ? message.WithDigest() : message;
    }

    private void ForgetHead()
    {
        _head.Clear();
        if (_head.Capacity > MaxIdleHead)
        {
            _head = new ArrayBufferWriter<byte>();
        }
    }
}
