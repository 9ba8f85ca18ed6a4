namespace SecureStation.Core.Sessions;

/// <summary>An invitation as the responder of a handshake uses it.</summary>
internal interface IInvitationUse
{
    /// <summary>The 32-byte secret that message 3 must know.</summary>
    ReadOnlySpan<byte> Secret { get; }
}
