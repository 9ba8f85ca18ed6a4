namespace SecureStation.Core.Auditing;

/// <summary>What an <see cref="AuditEvent"/> tells.</summary>
public enum AuditEventKind
{
    /// <summary>A log begins or goes on.</summary>
    LogStarted,

    /// <summary>A log ends in order.</summary>
    LogStopped,

    /// <summary>Events that could not be written: too many at once, or no room on the disk.</summary>
    Lost,

    /// <summary>A listener listens.</summary>
    ListenerStarted,

    /// <summary>A listener listens no longer.</summary>
    ListenerStopped,

    /// <summary>A session is there.</summary>
    Connected,

    /// <summary>A listener let a connection in no further; the reason says why.</summary>
    Refused,

    /// <summary>A connection that this side began came to nothing.</summary>
    ConnectFailed,

    /// <summary>A session is over.</summary>
    Ended,

    /// <summary>The trust in a peer changed: added, changed, removed, revoked, pinned.</summary>
    Trust,

    /// <summary>A file or folder began to move, arrived, or did not.</summary>
    Transfer,

    /// <summary>A request was answered, or was not.</summary>
    Request,

    /// <summary>A session lost its connection, or has another one.</summary>
    Connection,
}
