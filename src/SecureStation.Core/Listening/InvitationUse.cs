using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;

namespace SecureStation.Core.Listening;

/// <summary>One connection's use of an invitation; whether it had expired was judged when message 1 came.</summary>
internal sealed class InvitationUse(InvitationEntry entry, bool hadExpired) : IInvitationUse
{
    public InvitationEntry Entry => entry;

    public bool HadExpired => hadExpired;

    public void GiveSecretTo(StationHandshake handshake) => handshake.SetInvitationSecret(entry.Invitation);
}
