namespace SecureStation.Core.Sessions.Secure;

/// <summary>When the sending key of a connection is changed: by use, by age, or because somebody asked (docs/protocol/station-1.md, section 8).</summary>
internal sealed class RekeyPolicy(StationLimits limits, TimeSpan now)
{
    private long _messages;
    private TimeSpan _changedAt = now;
    private bool _isRequested;
    private bool _askPeer;

    /// <summary>Changes the key soon; with <paramref name="askPeer"/> the peer changes its own too.</summary>
    public void Request(bool askPeer)
    {
        _isRequested = true;
        _askPeer |= askPeer;
    }

    /// <summary>Whether the key is to be changed although there is nothing else to send.</summary>
    public bool IsDueAnyway => _isRequested || _messages >= limits.RekeyAfterMessages;

    /// <summary>Whether the key is to be changed before something is sent.</summary>
    public bool IsDue(TimeSpan now) => IsDueAnyway || now - _changedAt >= limits.RekeyAfter;

    /// <summary>The change is planned. True: the peer is asked to change its own.</summary>
    public bool Take(TimeSpan now)
    {
        bool askPeer = _askPeer;
        _isRequested = false;
        _askPeer = false;
        _messages = 0;
        _changedAt = now;
        return askPeer;
    }

    /// <summary>So many transport messages were made with the key in force.</summary>
    public void NoteWritten(long transportMessages) => _messages += transportMessages;
}
