using System.Collections.Concurrent;
using System.Threading.Channels;
using SecureStation.Core;

namespace SecureStation.Legacy.Chat;

/// <summary>What waits to be written, in order, and who waits until it is.</summary>
/// <param name="capacity">Messages that may wait.</param>
internal sealed class ChatOutbox(int capacity)
{
    private readonly Channel<ChatMessage> _waiting = Channel.CreateBounded<ChatMessage>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> _unsent = new();
    private ulong _lastId;
    private long _messagesSent;
    private long _bytesSent;

    /// <summary>Texts of the user that have not been written.</summary>
    public int UnsentCount => _unsent.Count;

    /// <summary>Texts of the user that have been written.</summary>
    public long MessagesSent => Interlocked.Read(ref _messagesSent);

    /// <summary>Their bytes, without names.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Adds a text of the user, waiting for room, and returns its id.</summary>
    /// <param name="text">The text to encrypt.</param>
    /// <param name="bodyLength">How many of its bytes the user sent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChannelClosedException">Nothing more is taken.</exception>
    public async ValueTask<ulong> AddAsync(byte[] text, int bodyLength, CancellationToken cancellationToken)
    {
        ulong id = Interlocked.Increment(ref _lastId);
        _unsent[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _waiting.Writer.WriteAsync(new ChatMessage(id, text, bodyLength), cancellationToken).ConfigureAwait(false);
            return id;
        }
        catch
        {
            _unsent.TryRemove(id, out _);
            throw;
        }
    }

    /// <summary>Adds what is not the user's. False: there is no room, or nothing more is taken.</summary>
    public bool TryAdd(ChatMessage message) => _waiting.Writer.TryWrite(message);

    /// <summary>Takes nothing more.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>What to write, as it comes, until nothing more is taken.</summary>
    public IAsyncEnumerable<ChatMessage> ReadAllAsync(CancellationToken cancellationToken) => _waiting.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Notes that a message has been written.</summary>
    public void NoteSent(ChatMessage message)
    {
        if (_unsent.TryRemove(message.Id, out TaskCompletionSource? sent))
        {
            Interlocked.Increment(ref _messagesSent);
            Interlocked.Add(ref _bytesSent, message.BodyLength);
            sent.TrySetResult();
        }
    }

    /// <summary>Waits until the text with this id has been written.</summary>
    /// <exception cref="StationException"><see cref="StationFault.Undelivered"/>: it never will be.</exception>
    public Task WhenSentAsync(ulong id, CancellationToken cancellationToken) =>
        _unsent.TryGetValue(id, out TaskCompletionSource? sent) ? sent.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Takes nothing more and tells who waits that it is over.</summary>
    public void Fail(StationException reason)
    {
        Complete();
        foreach (TaskCompletionSource unsent in _unsent.Values)
        {
            unsent.TrySetException(new StationException(StationFault.Undelivered, $"The session ended before the message was sent: {reason.Message}", reason));

            // Observed, in case that nobody waits.
            _ = unsent.Task.Exception;
        }
    }
}
