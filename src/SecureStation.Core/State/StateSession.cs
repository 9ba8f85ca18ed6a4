using SecureStation.Core.Keys;

namespace SecureStation.Core.State;

/// <summary>What a state file holds of a session: what waits in it.</summary>
public sealed record StateSession
{
    /// <summary>The session's id.</summary>
    public required string Id { get; init; }

    /// <summary>Which side of it this station is.</summary>
    public required StationRole Role { get; init; }

    /// <summary>The address that this station connected to; empty at a listener.</summary>
    public required string Address { get; init; }

    /// <summary>The peer's key.</summary>
    public required Fingerprint Peer { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Begun { get; init; }

    /// <summary>Messages that the peer is not known to have.</summary>
    public required long Undelivered { get; init; }

    /// <summary>Messages that came and that nobody has received.</summary>
    public required long Unread { get; init; }

    /// <summary>Waiting: it goes on with the next connection. Else why it is over.</summary>
    public required string Status { get; init; }
}
