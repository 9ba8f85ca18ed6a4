namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// What the peer allows this side to begin, and what it has (docs/protocol/station-1.md, section 7): a message may begin only while
/// <code>
/// body bytes of all messages begun so far − body bytes taken (the peer's last Ack) &lt; window
/// </code>
/// and while what they cost the peer beside their bodies is bounded.
/// </summary>
internal sealed class SendWindow
{
    private readonly UntakenCost _untaken = new();
    private long _window;
    private long _begun;
    private long _taken;
    private long _delivered;
    private long _deliveredCost;

    /// <summary>The last message begun on this connection.</summary>
    public ulong BegunId { get; private set; }

    /// <summary>The last message that went whole into this connection.</summary>
    public ulong SentId { get; private set; }

    /// <summary>The last message that ever went whole into a connection, and the body bytes up to it.</summary>
    public ulong HighestSentId { get; private set; }

    /// <summary>Body bytes of the messages that went whole into a connection, each counted once.</summary>
    public long BytesSent { get; private set; }

    /// <summary>The last message that the peer is known to have.</summary>
    public ulong DeliveredId { get; private set; }

    /// <summary>Whether a message may begin now.</summary>
    public bool IsOpen => _begun - _taken < _window && _untaken.Value < UntakenCost.Limit;

    /// <summary>Goes on after a restart: any of the messages up to the last may have been sent.</summary>
    public void Restore(ulong deliveredId, long deliveredBytes, ulong acceptedId)
    {
        DeliveredId = BegunId = SentId = deliveredId;
        HighestSentId = acceptedId;
        _delivered = _begun = deliveredBytes;
    }

    /// <summary>A connection begins after what the peer has.</summary>
    public void Attach(long window)
    {
        _window = window;
        _begun = _delivered;
        _untaken.GoBack(_delivered, _deliveredCost);
        BegunId = SentId = DeliveredId;
    }

    /// <summary>The next message begins; <paramref name="cost"/> is what it costs the peer beside its body.</summary>
    public void Begin(int bodyBytes, long cost)
    {
        _untaken.Add(bodyBytes, cost);
        BegunId++;
        _begun += bodyBytes;
    }

    /// <summary>The message that was begun last is whole in the connection.</summary>
    public void End(int bodyBytes)
    {
        SentId = BegunId;
        if (SentId > HighestSentId)
        {
            HighestSentId = SentId;
            BytesSent += bodyBytes;
        }
    }

    /// <summary>Checks the peer's Ack and notes what it took; the caller delivers up to <paramref name="id"/>.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: of what was not sent, or going back.</exception>
    public void Acknowledge(ulong id, ulong taken)
    {
        if (id > SentId || id < DeliveredId || taken > (ulong)_begun || (long)taken < _taken)
        {
            throw new StationException(StationFault.ProtocolError, "The peer broke the protocol: an Ack of what was not sent, or one that goes back.");
        }

        _taken = (long)taken;
        _untaken.NoteTaken(_taken);
    }

    /// <summary>The peer has the next message.</summary>
    public void Deliver(int bodyBytes, long cost)
    {
        _deliveredCost += cost;
        DeliveredId++;
        _delivered += bodyBytes;
    }
}
