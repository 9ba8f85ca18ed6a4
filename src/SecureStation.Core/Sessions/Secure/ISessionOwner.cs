namespace SecureStation.Core.Sessions.Secure;

/// <summary>Whom a pump tells: under the session's lock where nothing else is said, so nothing that waits or calls a user.</summary>
internal interface ISessionOwner
{
    /// <summary>A message for a service has arrived; it never was in the inbox.</summary>
    void OnServiceMessage(StationMessage message);

    /// <summary>Whoever found no room may try again.</summary>
    void OnRoomFreed();

    /// <summary>The connection is gone; the session waits for another.</summary>
    void OnCut(StationException reason);

    /// <summary>The session goes on with another connection.</summary>
    void OnResumed();

    /// <summary>A connection has come or gone. Told without the lock.</summary>
    void OnConnectionChanged();

    /// <summary>The session is over. Told without the lock.</summary>
    void OnEnded(StationException reason);
}
