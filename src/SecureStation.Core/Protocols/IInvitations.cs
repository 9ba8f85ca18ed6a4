using SecureStation.Core.Handshake.Driving;

namespace SecureStation.Core.Protocols;

/// <summary>The invitations that a listener has given out.</summary>
internal interface IInvitations
{
    /// <summary>A connection's use of the one with this id, also where that is used up or has expired; null where there is none.</summary>
    IInvitationUse? Find(ReadOnlyMemory<byte> id);
}
