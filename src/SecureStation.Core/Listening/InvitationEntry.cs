using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>An invitation that a listener gave out, and who has used it. Kept until the listener ends, also when used up, expired or withdrawn.</summary>
internal sealed class InvitationEntry(StationInvitation invitation, int maxUses)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Fingerprint, InvitationClaim> _claims = [];
    private bool _isWithdrawn;

    public StationInvitation Invitation => invitation;

    public int MaxUses => maxUses;

    /// <summary>Whether no further identity can use it, as all have that it was for.</summary>
    public bool IsUsedUp
    {
        get
        {
            lock (_gate)
            {
                return _claims.Count >= maxUses;
            }
        }
    }

    public bool IsWithdrawn
    {
        get
        {
            lock (_gate)
            {
                return _isWithdrawn;
            }
        }
    }

    /// <summary>The identities that have used it.</summary>
    public IReadOnlyList<Fingerprint> Claimants
    {
        get
        {
            lock (_gate)
            {
                return _claims.Keys.ToArray();
            }
        }
    }

    /// <summary>Lets nobody use it any more. False: it was withdrawn already.</summary>
    public bool Withdraw()
    {
        lock (_gate)
        {
            bool isFirst = !_isWithdrawn;
            _isWithdrawn = true;
            return isFirst;
        }
    }

    /// <summary>Why the identity could not claim it now; null where it could.</summary>
    /// <param name="identity">Whose proof has been verified.</param>
    /// <param name="hadExpired">Whether it had expired when message 1 came.</param>
    /// <param name="isTrusted">Whether the identity is trusted without it.</param>
    public StationReason? Check(Fingerprint identity, bool hadExpired, Func<bool> isTrusted)
    {
        InvitationClaim? claim;
        lock (_gate)
        {
            if (Refuse(identity, hadExpired, out claim) is { } reason)
            {
                return reason;
            }
        }

        if (claim is null)
        {
            return null;
        }

        lock (claim.Gate)
        {
            return claim.IsAdmitted && !isTrusted() ? StationReason.PeerUntrusted : null;
        }
    }

    /// <summary>
    /// Gives the invitation to an identity and has it admitted. One that has it already may present it again, its Welcome may have been lost; but once it
    /// has been admitted, only while it is trusted.
    /// </summary>
    /// <param name="identity">Whose proof has been verified.</param>
    /// <param name="hadExpired">Whether it had expired when message 1 came.</param>
    /// <param name="isTrusted">Whether the identity is trusted without it.</param>
    /// <param name="admit">Writes down that it is accepted. Where that fails the claim stays, and may be tried again.</param>
    public StationReason? Claim(Fingerprint identity, bool hadExpired, Func<bool> isTrusted, Action admit)
    {
        InvitationClaim? claim;
        lock (_gate)
        {
            if (Refuse(identity, hadExpired, out claim) is { } reason)
            {
                return reason;
            }

            if (claim is null)
            {
                _claims[identity] = claim = new InvitationClaim();
            }
        }

        lock (claim.Gate)
        {
            if (claim.IsAdmitted)
            {
                return isTrusted() ? null : StationReason.PeerUntrusted;
            }

            admit();
            claim.IsAdmitted = true;
            return null;
        }
    }

    // Under the gate. The claim that the identity has, where it is not refused.
    private StationReason? Refuse(Fingerprint identity, bool hadExpired, out InvitationClaim? claim)
    {
        claim = null;
        return hadExpired || _isWithdrawn ? StationReason.InvitationExpired
            : _claims.TryGetValue(identity, out claim) || _claims.Count < maxUses ? null
            : StationReason.InvitationUsed;
    }
}
