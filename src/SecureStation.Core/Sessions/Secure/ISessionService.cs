namespace SecureStation.Core.Sessions.Secure;

/// <summary>What a listener or a client offers in each of its sessions, from before the peer's first message.</summary>
internal interface ISessionService
{
    /// <summary>Offers it in a session. May be called again for the same one.</summary>
    void Attach(SecureSession session);
}
