using System.Threading.Channels;
using SecureStation.Core;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.Chat;

/// <summary>
/// A session of one of the old chats: text only, one write a message, no acknowledgement and no goodbye that could be trusted.
/// What a message looks like on the wire is the deriving class's affair.
/// </summary>
public abstract partial class ChatSession : StationSession
{
    /// <summary>Messages that wait to be received before a session stops reading, or a chat server drops the oldest.</summary>
    internal const int MaxInbox = 4096;

    private readonly ITransport _transport;
    private readonly StationLimits _limits;
    private readonly ChatOutbox _outbox;
    private readonly SpacedWriter _writer;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly IReadOnlyList<ProtocolStep> _steps;
    private volatile SessionDescription _description;
    private volatile StationSessionState _state = StationSessionState.Open;
    private Task _writing = Task.CompletedTask;
    private long _messagesReceived;
    private long _bytesReceived;

    private protected ChatSession(SessionDescription description, ITransport transport, StationLimits limits, IReadOnlyList<ProtocolStep> steps)
        : base(description)
    {
        _description = description;
        _transport = transport;
        _limits = limits;
        _steps = steps;
        _outbox = new ChatOutbox(limits.OutboxMessages);
        _writer = new SpacedWriter(transport);
    }

    /// <inheritdoc/>
    public override SessionDescription Description => _description;

    /// <inheritdoc/>
    public override IReadOnlyList<ProtocolStep> ProtocolSteps => _steps;

    /// <inheritdoc/>
    public override StationSessionState State => _state;

    /// <inheritdoc/>
    public override long MessagesSent => _outbox.MessagesSent;

    /// <inheritdoc/>
    public override long MessagesReceived => Interlocked.Read(ref _messagesReceived);

    /// <inheritdoc/>
    public override long BytesSent => _outbox.BytesSent;

    /// <inheritdoc/>
    public override long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <inheritdoc/>
    public override long MessagesUndelivered => EndReason is null ? 0 : _outbox.UnsentCount;

    /// <summary>Bytes of text that one message can carry.</summary>
    public abstract int MaxTextLength { get; }

    /// <summary>The pause between two own messages with none of the peer's between, so that its <c>recv</c> does not get both at once.</summary>
    private protected virtual TimeSpan Gap => TimeSpan.FromMilliseconds(25);

    /// <summary>Whether it is to be told (<see cref="OnSilence"/>) when nothing more comes for a moment.</summary>
    private protected abstract bool AwaitsSilence { get; }

    /// <summary>Whether the oldest messages are dropped from a full inbox, so that the peer's messages go on to others.</summary>
    private protected virtual bool DropsOldest => false;

    /// <summary>Sends a text. Its id counts on this side only: the wire has none, and neither answers nor headers.</summary>
    /// <inheritdoc/>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: it is no text; <see cref="StationFault.MessageTooLarge"/>.</exception>
    public override async ValueTask<ulong> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Kind != StationMessageKind.Text || message.Headers.Count > 0)
        {
            throw new StationException(StationFault.InvalidArgument, $"{Protocol} carries text only, without headers.");
        }

        byte[] text = Compose(message.Body.Span);
        if (text.Length > MaxTextLength)
        {
            throw new StationException(StationFault.MessageTooLarge, $"The text has {text.Length} bytes; the old programs read {MaxTextLength} at once.");
        }

        ThrowIfNotOpen();
        ulong id;
        try
        {
            id = await _outbox.AddAsync(text, message.Body.Length, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw CreateEndException();
        }

        if (IsFarewell(text))
        {
            BeginClosing();
        }

        return id;
    }

    /// <summary>Waits until the message has been written to the connection: the protocol has no acknowledgement, so nobody knows more.</summary>
    /// <inheritdoc/>
    public override Task WaitDeliveredAsync(ulong id, CancellationToken cancellationToken = default) =>
        _outbox.WhenSentAsync(id, cancellationToken);

    /// <inheritdoc/>
    public override async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        if (_state == StationSessionState.Open && Farewell is { } farewell)
        {
            _outbox.TryAdd(new ChatMessage(0, farewell));
        }

        BeginClosing();
        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Abort() => End(new StationException(StationFault.SessionClosed, "The session was aborted."), isOrderly: false);

    /// <summary>Begins to read and write, with what the handshake read too much.</summary>
    internal void Start(ReadOnlyMemory<byte> alreadyRead)
    {
        _writing = WriteLoopAsync();
        _ = ReadLoopAsync(alreadyRead.ToArray());
    }

    /// <summary>Completes when the session has ended.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>What says goodbye, as text to encrypt; null where the protocol has nothing of the kind.</summary>
    private protected virtual byte[]? Farewell => null;

    /// <summary>Whether sending this text means to leave.</summary>
    private protected virtual bool IsFarewell(ReadOnlySpan<byte> text) => Farewell is { } farewell && text.SequenceEqual(farewell);

    /// <summary>The bytes to encrypt for a user's text.</summary>
    private protected abstract byte[] Compose(ReadOnlySpan<byte> text);

    /// <summary>Encrypts at the moment of writing, in the order of writing.</summary>
    private protected abstract byte[] Encrypt(byte[] text);

    /// <summary>Notes that bytes go out in clear.</summary>
    private protected virtual void OnClearWrite(byte[] bytes)
    {
    }

    /// <summary>Takes what came with one read.</summary>
    /// <exception cref="StationException">The peer broke the protocol.</exception>
    private protected abstract void OnReceived(ReadOnlySpan<byte> segment);

    /// <summary>Nothing more came for a moment.</summary>
    /// <exception cref="StationException">The peer broke the protocol.</exception>
    private protected virtual void OnSilence()
    {
    }

    /// <summary>The peer has closed: whether what it sent last is incomplete.</summary>
    private protected abstract bool IsIncomplete { get; }

    /// <summary>Gives a text to whoever receives.</summary>
    private protected void DeliverText(byte[] body, string? sender = null, bool isBroadcast = false)
    {
        long id = Interlocked.Increment(ref _messagesReceived);
        Interlocked.Add(ref _bytesReceived, body.Length);
        if (DropsOldest && InboxCount >= MaxInbox)
        {
            TryReceive(out _);
        }

        Deliver(CreateTextMessage((ulong)id, body, PlainText.Decode(body), sender, isBroadcast));
    }

    /// <summary>Notes what the peer calls itself.</summary>
    private protected void NotePeerName(string name) => _description = _description with { PeerName = name };

    /// <summary>Sends writes in clear, after what waits already. False: the peer does not keep up, or has gone.</summary>
    private protected bool TrySendClear(params byte[][] writes) => _outbox.TryAdd(new ChatMessage(0, [], Clear: writes));

    /// <summary>The peer has said goodbye.</summary>
    private protected void EndByPeer(string message) => End(new StationException(StationFault.SessionClosed, message), isOrderly: true);

    private protected static StationException ProtocolError(string what) => new(StationFault.ProtocolError, $"The peer broke the protocol: {what}.");

    private async Task WriteLoopAsync()
    {
        try
        {
            await foreach (ChatMessage message in _outbox.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                if (message.Clear is { } clear)
                {
                    Array.ForEach(clear, OnClearWrite);
                    await _writer.WriteInARowAsync(clear, Gap, _stop.Token).ConfigureAwait(false);
                }
                else
                {
                    await _writer.WriteAsync(() => Encrypt(message.Text), Gap, _stop.Token).ConfigureAwait(false);
                    _outbox.NoteSent(message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The session has ended.
        }
        catch (IOException e)
        {
            End(new StationException(StationFault.Truncated, $"The connection broke: {e.Message}", e), isOrderly: false);
        }
    }

    private void ThrowIfNotOpen()
    {
        if (_state != StationSessionState.Open)
        {
            throw CreateEndException();
        }
    }
}
