using System.Buffers;
using System.Security.Cryptography;
using SecureStation.Core.Framing;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Messages;

/// <summary>Joins the Message frames of one message, checking its id and size as they come.</summary>
internal sealed class MessageAssembler(StationSession session, int maxMessageSize) : IDisposable
{
    private MessageStart? _start;
    private byte[]? _body;
    private int _bodyLength;
    private ulong _nextId = 1;

    /// <summary>Whether the next Message frame begins a new message.</summary>
    public bool IsAtStart => _start is null;

    /// <summary>Takes a Message frame; returns the message when it is whole.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/> or <see cref="StationFault.MessageTooLarge"/>.</exception>
    public StationMessage? Add(byte flags, ReadOnlySpan<byte> frame)
    {
        bool moreFollows = (flags & FrameHeader.Flag1) != 0;
        MessageStart start;
        if (_start is { } begun)
        {
            start = begun;
        }
        else
        {
            start = MessageCodec.Read(frame);
            if (start.Id != _nextId)
            {
                throw new StationException(StationFault.ProtocolError, $"The peer broke the protocol: message {start.Id} where {_nextId} was due.");
            }

            _nextId++;
            frame = frame[start.BodyOffset..];
        }

        if (_bodyLength + (long)frame.Length > maxMessageSize)
        {
            throw new StationException(StationFault.MessageTooLarge, $"The peer sent a message of more than {maxMessageSize} bytes.");
        }

        if (_start is null && !moreFollows)
        {
            return Finish(start, frame);
        }

        _start = start;
        Keep(frame);
        if (moreFollows)
        {
            return null;
        }

        StationMessage message = Finish(start, _body.AsSpan(0, _bodyLength));
        Dispose();
        return message;
    }

    /// <summary>Drops an unfinished message.</summary>
    public void Dispose()
    {
        _start = null;
        if (_body is { } body)
        {
            _body = null;
            CryptographicOperations.ZeroMemory(body.AsSpan(0, _bodyLength));
            ArrayPool<byte>.Shared.Return(body);
        }

        _bodyLength = 0;
    }

    private StationMessage Finish(MessageStart start, ReadOnlySpan<byte> body) =>
        new(session, start.Id, start.InReplyTo, start.Kind, start.Headers, body.IsEmpty ? [] : body.ToArray());

    private void Keep(ReadOnlySpan<byte> frame)
    {
        if (_body is null || _body.Length < _bodyLength + frame.Length)
        {
            int wanted = Math.Min(maxMessageSize, Math.Max(_bodyLength + frame.Length, 2 * _bodyLength));
            byte[] larger = ArrayPool<byte>.Shared.Rent(wanted);
            if (_body is { } old)
            {
                old.AsSpan(0, _bodyLength).CopyTo(larger);
                CryptographicOperations.ZeroMemory(old.AsSpan(0, _bodyLength));
                ArrayPool<byte>.Shared.Return(old);
            }

            _body = larger;
        }

        frame.CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength += frame.Length;
    }
}
