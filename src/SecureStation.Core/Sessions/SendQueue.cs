namespace SecureStation.Core.Sessions;

/// <summary>The messages that wait to be sent, oldest first, bounded in number and bytes. Not thread-safe: the outbox's lock guards it.</summary>
internal sealed class SendQueue(long maxBytes, int maxMessages)
{
    private readonly Queue<PendingMessage> _messages = new();

    // Taken once, and put back: before all others.
    private readonly Stack<PendingMessage> _first = new();
    private long _bytes;

    public int Count => _first.Count + _messages.Count;

    /// <summary>Whether it is at most half full: to wake those who wait for room costs as much as several messages.</summary>
    public bool HasPlentyOfRoom => _bytes <= maxBytes / 2 && Count <= maxMessages / 2;

    /// <summary>Whether a message of so many body bytes may be added; one always may where there is no other.</summary>
    public bool HasRoomFor(int bodyLength) => Count == 0 || (_bytes + bodyLength <= maxBytes && Count < maxMessages);

    public void Enqueue(PendingMessage message)
    {
        _messages.Enqueue(message);
        _bytes += message.BodyLength;
    }

    public bool TryDequeue(out PendingMessage message)
    {
        if (!_first.TryPop(out message) && !_messages.TryDequeue(out message))
        {
            return false;
        }

        _bytes -= message.BodyLength;
        return true;
    }

    /// <summary>Puts messages that were taken last, in their order, before all others.</summary>
    public void PutBack(ReadOnlySpan<PendingMessage> messages)
    {
        for (int i = messages.Length - 1; i >= 0; i--)
        {
            _first.Push(messages[i]);
            _bytes += messages[i].BodyLength;
        }
    }

    public void Clear()
    {
        _first.Clear();
        _messages.Clear();
        _bytes = 0;
    }
}
