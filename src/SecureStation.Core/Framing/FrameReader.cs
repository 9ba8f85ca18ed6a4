using System.Buffers;
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
    /// <summary>The bytes of the longest transport message with its length.</summary>
    public const int MaxRecordSize = 2 + TransportState.MaxMessageLength;

    // A frame that continues in the next transport message: what has come of its header and body.
    private byte[]? _partial;
    private int _partialLength;
    private long _messagesSinceRekey;

    /// <summary>
    /// Decrypts every whole transport message in <paramref name="data"/> in place and hands out its frames.
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

    public void Dispose()
    {
        if (_partial is { } partial)
        {
            _partial = null;
            CryptographicOperations.ZeroMemory(partial);
            ArrayPool<byte>.Shared.Return(partial);
        }
    }

    /// <summary>Decrypts one transport message in place. False: more bytes are needed.</summary>
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
        int plaintextLength = transport.Read(message, message);
        ReadFrames(message[..plaintextLength]);
        used = 2 + length;
        return true;
    }

    private void ReadFrames(ReadOnlySpan<byte> plaintext)
    {
        while (!plaintext.IsEmpty)
        {
            if (_partialLength > 0 || !TryReadWhole(ref plaintext))
            {
                Collect(ref plaintext);
            }
        }
    }

    private bool TryReadWhole(ref ReadOnlySpan<byte> plaintext)
    {
        if (plaintext.Length < FrameHeader.Size)
        {
            return false;
        }

        FrameHeader header = FrameHeader.Read(plaintext);
        int size = FrameHeader.Size + header.Length;
        if (plaintext.Length < size)
        {
            return false;
        }

        ReadOnlySpan<byte> body = plaintext[FrameHeader.Size..size];
        plaintext = plaintext[size..];
        HandOut(header, body, plaintext.Length);
        return true;
    }

    private void Collect(ref ReadOnlySpan<byte> plaintext)
    {
        if (_partialLength < FrameHeader.Size)
        {
            Take(ref plaintext, FrameHeader.Size);
            if (_partialLength < FrameHeader.Size)
            {
                return;
            }
        }

        FrameHeader header = FrameHeader.Read(_partial);
        int size = FrameHeader.Size + header.Length;
        Take(ref plaintext, size);
        if (_partialLength < size)
        {
            return;
        }

        _partialLength = 0;
        HandOut(header, _partial.AsSpan(FrameHeader.Size, header.Length), plaintext.Length);
        Dispose();
    }

    private void Take(ref ReadOnlySpan<byte> plaintext, int wanted)
    {
        int take = Math.Min(wanted - _partialLength, plaintext.Length);
        Grow(_partialLength + take, wanted);
        plaintext[..take].CopyTo(_partial.AsSpan(_partialLength));
        _partialLength += take;
        plaintext = plaintext[take..];
    }

    // Doubles up to what is announced, so that an announced length alone costs nothing.
    private void Grow(int needed, int announced)
    {
        if (_partial is { } old && old.Length >= needed)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(announced, Math.Max(needed, 2 * (_partial?.Length ?? 64))));
        if (_partial is { } partial)
        {
            partial.AsSpan(0, _partialLength).CopyTo(larger);
            CryptographicOperations.ZeroMemory(partial.AsSpan(0, _partialLength));
            ArrayPool<byte>.Shared.Return(partial);
        }

        _partial = larger;
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
