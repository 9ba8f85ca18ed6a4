namespace SecureStation.Core;

/// <summary>Which side of a session this is.</summary>
public enum StationRole
{
    /// <summary>The side that connected.</summary>
    Initiator,

    /// <summary>The side that was connected to.</summary>
    Responder,
}
