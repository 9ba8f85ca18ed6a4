namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// What has come in, what of it is durable, what was taken, and when the peer is to hear of it: at once where much has changed, so that its window
/// never stands still, else within 2 ms, so that many messages share an Ack (docs/protocol/station-1.md, section 7).
/// </summary>
/// <param name="window">Body bytes that the peer may have in the inbox.</param>
internal sealed class ReceiveWindow(long window)
{
    // A sender whose messages have no bodies learns from nothing but Acks that nobody takes them: beyond this none tells of more, so that its outbox fills.
    // Well above where senders stop by themselves (UntakenCost), and below the bound by what such an outbox holds.
    private const long MaxToldOverhead = 40 * 1024 * 1024;
    private const int MaxUntoldMessages = 1024;
    private const long MaxAckStep = 512 * 1024;
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(2);

    private long _taken;
    private long _overhead;
    private ulong _toldId;
    private long _toldTaken;

    /// <summary>So many body bytes taken are told at once: a sender keeps what is not acknowledged, and has no more room for it because a window is large.</summary>
    public long AckStep { get; } = Math.Min(window / 2, MaxAckStep);

    /// <summary>The last message that came in whole.</summary>
    public ulong ReceivedId { get; private set; }

    /// <summary>The last message that is as safe as it gets here: all that is ever told.</summary>
    public ulong KeptId { get; private set; }

    /// <summary>Whether what nobody has taken costs so much that the peer is not to send more, and is told of no more.</summary>
    public bool IsFull => _overhead >= MaxToldOverhead;

    /// <summary>The last message that an Ack may tell of now.</summary>
    public ulong TellableId => IsFull ? _toldId : KeptId;

    /// <summary>Body bytes that came in whole.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Body bytes that left the inbox. Readable without the session's lock.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>When an Ack is due; <see cref="TimeSpan.MaxValue"/> while there is nothing to tell.</summary>
    public TimeSpan AckAt { get; private set; } = TimeSpan.MaxValue;

    /// <summary>When to look again; an Ack that is due already waits for the writer, not for the clock.</summary>
    public TimeSpan NextTimer => AckAt == TimeSpan.MinValue ? TimeSpan.MaxValue : AckAt;

    /// <summary>Whether there is something that the peer has not heard.</summary>
    public bool IsUntold => TellableId != _toldId || _taken != _toldTaken;

    /// <summary>A message is whole.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: the peer overfills the inbox.</exception>
    public void Receive(ulong id, int bodyBytes, long overhead)
    {
        _overhead += overhead;
        MessageCost.RequireRoom(_overhead);
        ReceivedId = id;
        BytesReceived += bodyBytes;
    }

    /// <summary>Goes on after a restart.</summary>
    public void Restore(ulong keptId, long bytesReceived, long taken, long overhead)
    {
        ReceivedId = KeptId = _toldId = keptId;
        BytesReceived = bytesReceived;
        _overhead = overhead;
        _toldTaken = taken;
        Volatile.Write(ref _taken, taken);
    }

    /// <summary>Messages that came in are not kept and will come again: <see cref="ReceivedId"/> goes back to <see cref="KeptId"/>.</summary>
    public void Forget(long bodyBytes, long overhead)
    {
        ReceivedId = KeptId;
        BytesReceived -= bodyBytes;
        _overhead -= overhead;
    }

    /// <summary>All messages up to this one are as safe as it gets.</summary>
    public void Keep(ulong upTo, TimeSpan now)
    {
        KeptId = upTo;
        NoteChange(now);
    }

    /// <summary>Messages with so many body bytes, which cost so much beside them, were taken.</summary>
    public void Credit(long bodyBytes, long overhead, TimeSpan now)
    {
        _overhead -= overhead;
        Volatile.Write(ref _taken, _taken + bodyBytes);
        NoteChange(now);
    }

    /// <summary>An Ack is due now, whatever has changed: before a Pong, and first of all on a connection that resumes.</summary>
    public void AckNow() => AckAt = TimeSpan.MinValue;

    public void OnTimer(TimeSpan now)
    {
        if (AckAt <= now)
        {
            AckNow();
        }
    }

    /// <summary>A Welcome tells of all that is kept.</summary>
    public ulong TellInWelcome() => _toldId = KeptId;

    /// <summary>What the next Ack says.</summary>
    public (ulong LastId, long Taken) Tell()
    {
        _toldId = TellableId;
        _toldTaken = _taken;
        AckAt = TimeSpan.MaxValue;
        return (_toldId, _toldTaken);
    }

    private void NoteChange(TimeSpan now)
    {
        if (_taken - _toldTaken >= AckStep || TellableId - _toldId >= MaxUntoldMessages)
        {
            AckNow();
        }
        else if (AckAt == TimeSpan.MaxValue && IsUntold)
        {
            AckAt = now + s_delay;
        }
    }
}
