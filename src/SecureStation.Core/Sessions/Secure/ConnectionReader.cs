using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// The reading half of a connection: transport messages in, whole messages and control frames out, in their order. It knows whose turn it is: Welcome
/// comes first, nothing after Close. One task at a time.
/// </summary>
internal sealed class ConnectionReader : IFrameHandler, IDisposable
{
    // So many reads of so many bytes, one after another, are a stream.
    private const int StreamFrom = 16;
    private const int LargeRead = 16 * 1024;

    private readonly ITransport _transport;
    private readonly StationLimits _limits;
    private readonly FrameReader _frames;
    private readonly ReadBuffer _buffer = new();
    private readonly PooledList<IncomingFrame> _arrived = new();

    // Of the session, once it is known which that is.
    private ReceiveWindow? _window;
    private MessageAssembler? _assembler;
    private SpareBodies? _spare;
    private long _bytesReceived;
    private int _lastRead;
    private int _largeReads;
    private bool _isDisposed;

    public ConnectionReader(ITransport transport, TransportState noise, StationLimits limits)
    {
        _transport = transport;
        _limits = limits;
        _frames = new FrameReader(noise, this, limits.MaxMessagesWithoutRekey);
    }

    /// <summary>Says whose messages come. Until then no transport message is decrypted after the one with the peer's Welcome.</summary>
    public void Bind(ReceiveWindow window, StationSession session)
    {
        _window = window;
        _spare = session.Inbox.SpareBodies;
        _bytesReceived = window.BytesReceived;
        _assembler = new MessageAssembler(session, _limits.MaxMessageSize, window.ReceivedId + 1);
        Decrypt();
    }

    /// <summary>What has come since <see cref="Take"/>, in order.</summary>
    public ReadOnlySpan<IncomingFrame> Arrived => _arrived.Items;

    /// <summary>The peer's Welcome, once it has come.</summary>
    public WelcomeFrame? Welcome { get; private set; }

    /// <summary>Whether a transport message was decrypted since <see cref="Take"/>.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>What is wrong with what came after <see cref="Arrived"/>; nothing more is read then.</summary>
    public StationException? Failure { get; private set; }

    /// <summary>Whether the peer's Close has come, or its stream has ended, or something is wrong with it: there is nothing more to read.</summary>
    public bool IsDone => HasEnded || Failure is not null || (IsPeerClosed && !_transport.CanCompleteWrites);

    /// <summary>Whether the peer's stream has ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Bytes that this connection has brought.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Whether so much comes in that a thread of its own is worth while, and can wait for it.</summary>
    public bool IsInStream => _largeReads >= StreamFrom && _transport is IWaitingTransport;

    private bool IsPeerClosed { get; set; }

    /// <summary>Takes bytes that were read already.</summary>
    public void Begin(ReadOnlySpan<byte> alreadyRead)
    {
        _buffer.Add(alreadyRead);
        Decrypt();
    }

    /// <summary>Reads once, and decrypts what is whole.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        _buffer.MakeRoom(_lastRead);
        if (!_buffer.IsInBurst)
        {
            _spare?.Clear();
        }

        _lastRead = await _transport.ReadAsync(_buffer.Free, cancellationToken).ConfigureAwait(false);
        if (_lastRead == 0)
        {
            HasEnded = true;
            return;
        }

        BytesRead += _lastRead;
        _largeReads = _lastRead >= LargeRead ? _largeReads + 1 : 0;
        _buffer.NoteRead(_lastRead);
        Decrypt();
    }

    /// <summary>Waits for bytes on this thread and reads once, as <see cref="ReadAsync"/>. False: nothing came for so long.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public bool TryReadNow(TimeSpan patience, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!((IWaitingTransport)_transport).WaitForBytes(patience))
        {
            _largeReads = 0;
            return false;
        }

        ReadAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        return true;
    }

    /// <summary>A stream has become quiet: what it needed goes back.</summary>
    public void Rest()
    {
        _lastRead = 0;
        _buffer.Rest();
    }

    /// <summary>What arrived has been seen to.</summary>
    public void Take()
    {
        _arrived.Release();
        HasHeard = false;
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _arrived.Release();
            _buffer.Dispose();
            _frames.Dispose();
            _assembler?.Dispose();
        }
    }

    private void Decrypt()
    {
        try
        {
            int eaten = _window is null ? DecryptWelcome() : _frames.Read(_buffer.Filled);
            HasHeard |= eaten > 0;
            _buffer.Eat(eaten);
        }
        catch (StationException e)
        {
            Failure = e;
        }
    }

    private int DecryptWelcome()
    {
        int eaten = 0;
        while (Welcome is null && !IsPeerClosed && _frames.TryReadMessage(_buffer.Filled[eaten..], out int used))
        {
            eaten += used;
        }

        return eaten;
    }

    [SuppressMessage("Design", "CA1033", Justification = "Called by the frame reader only.")]
    void IFrameHandler.OnFrame(FrameType type, byte flags, ReadOnlySpan<byte> body)
    {
        CheckTurn(type);
        switch (type)
        {
            case FrameType.Welcome:
                Welcome = WelcomeFrame.Read(body);
                break;
            case FrameType.Pong:
                break;
            default:
                IsPeerClosed = type == FrameType.Close;
                _arrived.Add(new IncomingFrame(null, ControlFrame.Read(type, flags, body)));
                break;
        }
    }

    [SuppressMessage("Design", "CA1033", Justification = "Called by the frame reader only.")]
    void IFrameHandler.OnMessagePart(FrameHeader header, ReadOnlySpan<byte> part, bool isEnd)
    {
        CheckTurn(FrameType.Message);
        if (_assembler!.IsAtStart && _bytesReceived - _window!.Taken >= _limits.Window)
        {
            throw ProtocolError("a message beyond the window");
        }

        Note(_assembler.Add(header, part, isEnd));
    }

    [SuppressMessage("Design", "CA1033", Justification = "Called by the frame reader only.")]
    Span<byte> IFrameHandler.ReserveBody(int length)
    {
        CheckTurn(FrameType.Message);
        return _assembler!.Reserve(length);
    }

    [SuppressMessage("Design", "CA1033", Justification = "Called by the frame reader only.")]
    void IFrameHandler.OnBodyDecrypted(FrameHeader header, int length, bool isEnd) => Note(_assembler!.Add(header, length, isEnd));

    private void Note(StationMessage? whole)
    {
        if (whole is not null)
        {
            _bytesReceived += whole.Length;
            _arrived.Add(new IncomingFrame(whole, default));
        }
    }

    private void CheckTurn(FrameType type)
    {
        if (IsPeerClosed)
        {
            throw ProtocolError("a frame after its Close");
        }

        if (type == FrameType.Welcome ? Welcome is not null : Welcome is null && type != FrameType.Close)
        {
            throw ProtocolError(type == FrameType.Welcome ? "a second Welcome" : $"a {type} frame before its Welcome");
        }

        if (_window is null && type is not (FrameType.Welcome or FrameType.Close))
        {
            throw ProtocolError($"a {type} frame together with its Welcome");
        }
    }

    private static StationException ProtocolError(string what) => new(StationFault.ProtocolError, $"The peer broke the protocol: {what}.");
}
