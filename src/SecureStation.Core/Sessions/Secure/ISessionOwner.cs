namespace SecureStation.Core.Sessions.Secure;

/// <summary>Whom a pump tells. All but the end is told under the session's lock: nothing that waits or calls a user.</summary>
internal interface ISessionOwner
{
    /// <summary>A message for a service has arrived; it never was in the inbox.</summary>
    void OnServiceMessage(StationMessage message);

    /// <summary>Whoever found no room may try again.</summary>
    void OnRoomFreed();

    /// <summary>The session is over.</summary>
    void OnEnded(StationException reason);
}
