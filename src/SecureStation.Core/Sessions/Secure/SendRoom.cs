namespace SecureStation.Core.Sessions.Secure;

/// <summary>How much of the outbox is taken, in messages and in bytes, and whether somebody was turned away.</summary>
internal sealed class SendRoom(long maxBytes, int maxMessages)
{
    private long _bytes;
    private int _messages;
    private bool _somebodyWaits;

    public long Bytes => _bytes;

    /// <summary>Takes room for a message; one always fits where there is no other.</summary>
    public bool TryTake(long bytes)
    {
        if (_messages > 0 && (_bytes + bytes > maxBytes || _messages >= maxMessages))
        {
            _somebodyWaits = true;
            return false;
        }

        _bytes += bytes;
        _messages++;
        return true;
    }

    /// <summary>Takes room that was taken before a restart.</summary>
    public void Take(long bytes)
    {
        _bytes += bytes;
        _messages++;
    }

    public void Free(long bytes, int messages = 1)
    {
        _bytes -= bytes;
        _messages -= messages;
    }

    /// <summary>Whether those who wait should try again: once there is plenty, since to wake them costs as much as several messages.</summary>
    public bool TakeWake()
    {
        bool wake = _somebodyWaits && _bytes <= maxBytes / 2 && _messages <= maxMessages / 2;
        _somebodyWaits &= !wake;
        return wake;
    }
}
