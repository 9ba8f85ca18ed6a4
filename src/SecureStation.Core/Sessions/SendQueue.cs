namespace SecureStation.Core.Sessions;

/// <summary>
/// The messages that wait to be sent, oldest first, bounded in number and bytes; one that is being written still takes its room.
/// Not thread-safe: the outbox's lock guards it.
/// </summary>
internal sealed class SendQueue(long maxBytes, int maxMessages)
{
    private readonly Queue<PendingMessage> _messages = new();

    // Taken once, and put back: before all others.
    private readonly Stack<PendingMessage> _first = new();
    private long _bytes;
    private int _unwritten;

    /// <summary>Those that nobody has taken to write.</summary>
    public int Count => _first.Count + _messages.Count;

    /// <summary>Whether it is at most half full: to wake those who wait for room costs as much as several messages.</summary>
    public bool HasPlentyOfRoom => _bytes <= maxBytes / 2 && _unwritten <= maxMessages / 2;

    /// <summary>Whether a message that takes so much room may be added; one always may where there is no other.</summary>
    public bool HasRoomFor(long room) => _unwritten == 0 || (_bytes + room <= maxBytes && _unwritten < maxMessages);

    public void Enqueue(PendingMessage message)
    {
        _messages.Enqueue(message);
        _bytes += message.Room;
        _unwritten++;
    }

    public bool TryDequeue(out PendingMessage message) => _first.TryPop(out message) || _messages.TryDequeue(out message);

    /// <summary>Puts messages that were taken last, in their order, before all others.</summary>
    public void PutBack(ReadOnlySpan<PendingMessage> messages)
    {
        for (int i = messages.Length - 1; i >= 0; i--)
        {
            _first.Push(messages[i]);
        }
    }

    /// <summary>So many messages have been written whole, and took so much room together.</summary>
    public void NoteWritten(int messages, long room)
    {
        // What was cleared meanwhile has no room any more.
        _bytes = Math.Max(0, _bytes - room);
        _unwritten = Math.Max(0, _unwritten - messages);
    }

    public void Clear()
    {
        _first.Clear();
        _messages.Clear();
        _bytes = 0;
        _unwritten = 0;
    }
}
