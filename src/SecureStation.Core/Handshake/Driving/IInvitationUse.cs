namespace SecureStation.Core.Handshake.Driving;

/// <summary>An invitation as the responder of a handshake uses it.</summary>
internal interface IInvitationUse
{
    /// <summary>Gives the handshake the 32-byte secret that message 3 must know.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: the listener that gave it out has ended.</exception>
    void GiveSecretTo(StationHandshake handshake);
}
