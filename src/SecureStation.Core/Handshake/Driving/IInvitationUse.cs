using SecureStation.Core.Keys;

namespace SecureStation.Core.Handshake.Driving;

/// <summary>An invitation as the responder of one handshake uses it.</summary>
internal interface IInvitationUse
{
    /// <summary>Gives the handshake the 32-byte secret that message 3 must know.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: the listener that gave it out has ended.</exception>
    void GiveSecretTo(StationHandshake handshake);

    /// <summary>Why the identity could not claim it now; null where it could.</summary>
    /// <param name="identity">Whose proof has been verified.</param>
    /// <param name="isTrusted">Whether the identity is trusted without it.</param>
    StationReason? Check(Fingerprint identity, Func<bool> isTrusted);

    /// <summary>Gives it to the identity and has that admitted, or says why not.</summary>
    /// <param name="identity">Whose proof has been verified.</param>
    /// <param name="isTrusted">Whether the identity is trusted without it.</param>
    /// <param name="admit">Writes down that it is accepted. Where that fails the claim stays, and may be tried again.</param>
    StationReason? Claim(Fingerprint identity, Func<bool> isTrusted, Action admit);
}
