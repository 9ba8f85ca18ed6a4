using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Listening;

/// <summary>One connection's use of an invitation; whether it had expired was judged when message 1 came.</summary>
internal sealed class InvitationUse(InvitationEntry entry, bool hadExpired) : IInvitationUse
{
    public void GiveSecretTo(StationHandshake handshake) => handshake.SetInvitationSecret(entry.Invitation);

    public StationReason? Check(Fingerprint identity, Func<bool> isTrusted) => entry.Check(identity, hadExpired, isTrusted);

    public StationReason? Claim(Fingerprint identity, Func<bool> isTrusted, Action admit) => entry.Claim(identity, hadExpired, isTrusted, admit);
}
