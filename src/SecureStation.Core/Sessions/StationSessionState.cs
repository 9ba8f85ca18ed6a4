namespace SecureStation.Core.Sessions;

/// <summary>Where a session is in its life.</summary>
public enum StationSessionState
{
    /// <summary>Messages go both ways.</summary>
    Open,

    /// <summary>One side has begun the end; nothing new is sent.</summary>
    Closing,

    /// <summary>Over. The inbox stays readable.</summary>
    Closed,

    /// <summary>The connection was cut. What is sent waits, in order, until both sides are together again.</summary>
    Reconnecting,
}
