namespace SecureStation.Core.Sessions.Secure;

/// <summary>Where a session is between its first connection and its end.</summary>
internal enum SessionPhase
{
    /// <summary>Without a connection: not yet, or between two.</summary>
    Detached,

    /// <summary>Messages go both ways.</summary>
    Open,

    /// <summary>One side has begun the end.</summary>
    Closing,

    /// <summary>Over.</summary>
    Ended,
}
