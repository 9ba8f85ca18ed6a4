using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Framing;

/// <summary>
/// Packs frames into Noise transport messages, encrypting each when it is full or when the batch is taken:
/// <code>
/// u16 length | Noise transport message (plaintext, a piece of the stream of frames, + 16 bytes of tag)
/// </code>
/// Small pieces are gathered and encrypted in place; long bodies are encrypted from where they lie. Not thread-safe: the session's one writer owns
/// it. Allocates nothing but its buffer, which goes back to the pool when the session is idle.
/// </summary>
internal sealed class FrameWriter(TransportState transport) : IDisposable
{
    /// <summary>Bytes that a batch may have: four full transport messages, and what frames and shorter ones add.</summary>
    public const int BatchSize = (4 * RecordSize) + 1024;

    /// <summary>Bytes that a transport message has beyond the frames in it.</summary>
    public const int RecordOverhead = LengthSize + TransportState.TagLength;

    /// <summary>What a body that is encrypted from where it lies may add: it ends a transport message before it, and may leave one short.</summary>
    public const int DirectOverhead = 2 * RecordOverhead;

    /// <summary>Bodies from this length on are encrypted from where they lie; to copy a shorter one costs less than a message of its own.</summary>
    public const int DirectFrom = 8 * 1024;

    private const int LengthSize = 2;

    // One byte less than Noise allows, so that a message with its length fills 64 KiB.
    private const int RecordSize = 64 * 1024;
    private const int MaxPlaintext = RecordSize - RecordOverhead;

    // Beyond what a batch counts: the overheads of full messages and of the last one.
    private const int BufferSize = BatchSize + (6 * RecordOverhead);

    private byte[]? _buffer;
    private int _recordStart;
    private int _position;

    /// <summary>Transport messages sealed so far.</summary>
    public long MessagesSealed { get; private set; }

    /// <summary>Appends bytes of the frame stream, copying them. The caller has planned for their room.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Begin();
        while (!bytes.IsEmpty)
        {
            int take = Math.Min(bytes.Length, MaxPlaintext - Pending);
            if (take == 0)
            {
                Seal();
                continue;
            }

            bytes[..take].CopyTo(_buffer.AsSpan(_position));
            _position += take;
            bytes = bytes[take..];
        }
    }

    /// <summary>Appends bytes of a body, encrypting them from where they lie where there are many.</summary>
    public void AppendBody(ReadOnlySpan<byte> body)
    {
        Begin();
        while (body.Length >= DirectFrom)
        {
            if (Pending > 0)
            {
                Seal();
            }

            int take = Math.Min(body.Length, MaxPlaintext);
            Seal(body[..take]);
            body = body[take..];
        }

        Append(body);
    }

    /// <summary>Ends the transport message, whose last frame is a Rekey, and changes the sending key after it.</summary>
    public void Rekey()
    {
        Seal();
        transport.RekeySending();
    }

    /// <summary>Seals what is pending and returns everything to be sent; valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        if (Pending > 0)
        {
            Seal();
        }

        return _buffer.AsMemory(0, _recordStart);
    }

    /// <summary>Starts the next batch after the taken bytes have been sent.</summary>
    public void Clear()
    {
        _recordStart = 0;
        _position = 0;
    }

    /// <summary>Gives the buffer back while the session is idle.</summary>
    public void Release()
    {
        Clear();
        if (_buffer is { } buffer)
        {
            _buffer = null;
            // Only ciphertext is left in it: every plaintext was encrypted in place.
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            CryptographicOperations.ZeroMemory(buffer);
        }

        Release();
    }

    // Plaintext bytes of the message that is being gathered.
    private int Pending => _position - _recordStart - LengthSize;

    private void Begin()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
        if (_position == 0)
        {
            _position = LengthSize;
        }
    }

    private void Seal() => Seal(_buffer.AsSpan(_recordStart + LengthSize, Pending));

    private void Seal(ReadOnlySpan<byte> plaintext)
    {
        Span<byte> record = _buffer.AsSpan(_recordStart);
        int length = transport.Write(plaintext, record[LengthSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(record, (ushort)length);
        MessagesSealed++;
        _recordStart += LengthSize + length;
        _position = _recordStart + LengthSize;
    }
}
