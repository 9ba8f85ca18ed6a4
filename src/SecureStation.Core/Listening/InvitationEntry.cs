using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>An invitation that a listener gave out, and who has used it. Kept until the listener ends, also when used up or expired.</summary>
internal sealed class InvitationEntry(StationInvitation invitation, int maxUses)
{
    private readonly HashSet<Fingerprint> _claimants = [];

    public StationInvitation Invitation => invitation;

    /// <summary>Whether no further identity can use it.</summary>
    public bool IsUsedUp
    {
        get
        {
            lock (_claimants)
            {
                return _claimants.Count >= maxUses;
            }
        }
    }

    /// <summary>
    /// Gives the invitation to an identity whose proof has been verified. One that has it already may present it again:
    /// its Welcome may have been lost.
    /// </summary>
    public StationReason? Claim(Fingerprint identity, bool hadExpired)
    {
        lock (_claimants)
        {
            if (hadExpired)
            {
                return StationReason.InvitationExpired;
            }

            if (_claimants.Contains(identity))
            {
                return null;
            }

            if (_claimants.Count >= maxUses)
            {
                return StationReason.InvitationUsed;
            }

            _claimants.Add(identity);
            return null;
        }
    }
}
