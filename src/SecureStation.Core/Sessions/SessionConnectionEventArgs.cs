namespace SecureStation.Core.Sessions;

/// <summary>What happened to a session's connection, and why.</summary>
public sealed class SessionConnectionEventArgs : EventArgs
{
    internal SessionConnectionEventArgs(StationException? reason, DateTimeOffset at)
    {
        Reason = reason;
        At = at;
    }

    /// <summary>Why the connection was cut, or the session lost; null where it was resumed.</summary>
    public StationException? Reason { get; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; }
}
