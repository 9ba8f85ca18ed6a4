using System.Buffers;
using System.Security.Cryptography;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>The writing half of a connection: turns planned frames into transport messages and writes them. One task at a time.</summary>
internal sealed class ConnectionWriter(ITransport transport, TransportState noise) : IDisposable
{
    // A message's head that fits is made on the stack.
    private const int SmallHead = 256;

    private readonly FrameWriter _frames = new(noise);

    /// <summary>Transport messages of the last batch, made with the key that is in force now.</summary>
    public long TransportMessages { get; private set; }

    /// <summary>This side's Welcome, sealed, for the caller to write.</summary>
    public byte[] Seal(WelcomeFrame welcome)
    {
        Span<byte> frame = stackalloc byte[FrameHeader.Size + WelcomeFrame.BodyLength];
        welcome.Write(frame);
        _frames.Append(frame);
        return TakeCopy();
    }

    /// <summary>A control frame, sealed, for the caller to write.</summary>
    public byte[] Seal(ControlFrame frame)
    {
        Append(frame);
        return TakeCopy();
    }

    /// <summary>Seals the frames of a batch and begins to write them; the batch is reusable then, the bodies of its messages too.</summary>
    public ValueTask WriteAsync(OutgoingBatch batch, CancellationToken cancellationToken)
    {
        long before = _frames.MessagesSealed;
        foreach (ref readonly OutgoingFrame frame in batch.Frames)
        {
            if (frame.IsMessage)
            {
                Append(frame.Fragment);
            }
            else if (frame.Control.Type == FrameType.Rekey)
            {
                // A Rekey frame ends its transport message.
                Append(frame.Control);
                _frames.Rekey();
                before = _frames.MessagesSealed;
            }
            else
            {
                Append(frame.Control);
            }
        }

        ReadOnlyMemory<byte> bytes = _frames.Take();
        TransportMessages = _frames.MessagesSealed - before;
        return transport.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>Ends the sending direction.</summary>
    public ValueTask CompleteAsync() => transport.CompleteWritesAsync();

    /// <summary>The batch is written.</summary>
    public void Clear() => _frames.Clear();

    /// <summary>Gives the buffer back while nothing is to be written.</summary>
    public void Release() => _frames.Release();

    public void Dispose() => _frames.Dispose();

    private byte[] TakeCopy()
    {
        byte[] bytes = _frames.Take().ToArray();
        _frames.Release();
        return bytes;
    }

    private void Append(ControlFrame frame)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.Size + ControlFrame.MaxBodyLength];
        _frames.Append(bytes[..frame.Write(bytes)]);
    }

    private void Append(in MessageFragment fragment)
    {
        int size = FrameHeader.Size + fragment.HeadSize;
        byte[]? rented = null;
        Span<byte> head = size <= SmallHead ? stackalloc byte[SmallHead] : (rented = ArrayPool<byte>.Shared.Rent(size));
        head = head[..size];
        new FrameHeader(FrameType.Message, fragment.IsLast ? (byte)0 : FrameHeader.Flag1, fragment.HeadSize + fragment.Length).Write(head);
        if (fragment.HeadSize > 0)
        {
            MessageCodec.Write(head[FrameHeader.Size..], fragment.Id, fragment.Message);
        }

        _frames.Append(head);
        _frames.AppendBody(fragment.Message.Body.Span.Slice(fragment.Offset, fragment.Length));
        if (rented is not null)
        {
            CryptographicOperations.ZeroMemory(head);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
