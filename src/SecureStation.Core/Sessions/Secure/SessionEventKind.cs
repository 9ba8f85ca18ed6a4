namespace SecureStation.Core.Sessions.Secure;

internal enum SessionEventKind
{
    /// <summary>A message is here, in order, and as safe as it gets.</summary>
    Arrived,

    /// <summary>The peer has all messages up to this id.</summary>
    Delivered,

    /// <summary>Whoever found no room should try again.</summary>
    RoomFreed,

    /// <summary>The connection is gone for this reason; the session waits for another.</summary>
    Detached,

    /// <summary>The session is over for this reason.</summary>
    Ended,
}
