using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Framing;

/// <summary>
/// Eats bytes of the encrypted stream and hands whole frames to its handler. No I/O.
/// <code>
/// u16 length | Noise transport message      the decrypted bytes, one after another, are the stream of frames
/// </code>
/// </summary>
internal sealed class FrameReader(TransportState transport, IFrameHandler handler, long maxMessagesWithoutRekey) : IDisposable
{
    private const int MaxShortBody = 32;

    // A header, or a short frame's body, that continues in the next transport message.
    private readonly byte[] _short = new byte[MaxShortBody];
    private int _shortLength;

    // The frame that is being read, and how much of its body is still to come.
    private FrameHeader? _header;
    private int _left;

    private long _messagesSinceRekey;

    /// <summary>
    /// Decrypts every whole transport message in <paramref name="data"/>, in place or to where a body will stay, and hands out its frames.
    /// Returns how many bytes were eaten; the rest is the beginning of a message that is not all here.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/> or <see cref="StationFault.DecryptionFailed"/>.</exception>
    public int Read(Span<byte> data)
    {
        int eaten = 0;
        while (TryReadMessage(data[eaten..], out int used))
        {
            eaten += used;
        }

        return eaten;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_short);

    /// <summary>Decrypts one transport message. False: more bytes are needed.</summary>
    public bool TryReadMessage(Span<byte> data, out int used)
    {
        used = 0;
        if (data.Length < 2)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(data);
        if (length <= TransportState.TagLength)
        {
            throw new StationException(StationFault.ProtocolError, $"The peer broke the protocol: a transport message of {length} bytes has no plaintext.");
        }

        if (data.Length < 2 + length)
        {
            return false;
        }

        if (++_messagesSinceRekey > maxMessagesWithoutRekey)
        {
            throw new StationException(StationFault.ProtocolError, $"The peer broke the protocol: {maxMessagesWithoutRekey} transport messages without a Rekey.");
        }

        Span<byte> message = data.Slice(2, length);
        if (!TryReadBody(message))
        {
            int plaintextLength = transport.Read(message, message);
            ReadFrames(message[..plaintextLength]);
        }

        used = 2 + length;
        return true;
    }

    // A message that can only be body goes straight to where the body will stay.
    private bool TryReadBody(ReadOnlySpan<byte> message)
    {
        int length = message.Length - TransportState.TagLength;
        if (length < FrameWriter.DirectFrom || length > _left || _header is not { Type: FrameType.Message } header)
        {
            return false;
        }

        Span<byte> body = handler.ReserveBody(length);
        if (body.IsEmpty)
        {
            return false;
        }

        transport.Read(message, body);
        _left -= length;
        _header = _left == 0 ? null : header;
        handler.OnBodyDecrypted(header, length, isEnd: _left == 0);
        return true;
    }

    private void ReadFrames(ReadOnlySpan<byte> plaintext)
    {
        // A frame without a body is complete with its header, at the end of the plaintext too.
        while (!plaintext.IsEmpty || _header is { Length: 0 })
        {
            if (_header is null && !TryReadHeader(ref plaintext))
            {
                return;
            }

            FrameHeader header = _header!.Value;
            if (header.Type == FrameType.Message)
            {
                ReadOnlySpan<byte> part = Take(ref plaintext, _left);
                _left -= part.Length;
                if (!part.IsEmpty || _left == 0)
                {
                    _header = _left == 0 ? null : header;
                    handler.OnMessagePart(header, part, isEnd: _left == 0);
                }
            }
            else if (TryReadShort(ref plaintext, header.Length, out ReadOnlySpan<byte> body))
            {
                _header = null;
                HandOut(header, body, plaintext.Length);
            }
        }
    }

    private bool TryReadHeader(ref ReadOnlySpan<byte> plaintext)
    {
        if (!TryReadShort(ref plaintext, FrameHeader.Size, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        FrameHeader header = FrameHeader.Read(bytes);
        _header = header;
        _left = header.Length;
        return true;
    }

    /// <summary>Reads a few bytes, from the plaintext itself where they lie together.</summary>
    private bool TryReadShort(ref ReadOnlySpan<byte> plaintext, int length, out ReadOnlySpan<byte> bytes)
    {
        if (_shortLength == 0 && plaintext.Length >= length)
        {
            bytes = Take(ref plaintext, length);
            return true;
        }

        ReadOnlySpan<byte> next = Take(ref plaintext, length - _shortLength);
        next.CopyTo(_short.AsSpan(_shortLength));
        _shortLength += next.Length;
        bytes = _short.AsSpan(0, length);
        if (_shortLength < length)
        {
            return false;
        }

        _shortLength = 0;
        return true;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> plaintext, int wanted)
    {
        int take = Math.Min(wanted, plaintext.Length);
        ReadOnlySpan<byte> taken = plaintext[..take];
        plaintext = plaintext[take..];
        return taken;
    }

    private void HandOut(FrameHeader header, ReadOnlySpan<byte> body, int bytesAfter)
    {
        if (header.Type == FrameType.Rekey)
        {
            if (bytesAfter != 0)
            {
                throw new StationException(StationFault.ProtocolError, "The peer broke the protocol: bytes after a Rekey frame in its transport message.");
            }

            transport.RekeyReceiving();
            _messagesSinceRekey = 0;
        }

        handler.OnFrame(header.Type, header.Flags, body);
    }
}
