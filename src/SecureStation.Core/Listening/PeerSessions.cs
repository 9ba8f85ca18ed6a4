using SecureStation.Core.Keys;

namespace SecureStation.Core.Listening;

/// <summary>What a listener has of one identity: its open sessions, and what of its ended ones nobody has read.</summary>
internal sealed class PeerSessions(Fingerprint key)
{
    public Fingerprint Key => key;

    public HashSet<AcceptedSession> Open { get; } = [];

    /// <summary>What its ended sessions hold, in bytes.</summary>
    public long Unread { get; set; }
}
