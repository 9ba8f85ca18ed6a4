using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>An invitation that a listener has given out, as it stands now. Its secret is only in <see cref="Invitation"/>, which hides it.</summary>
public sealed class ListenerInvitation
{
    internal ListenerInvitation(StationListener listener, InvitationEntry entry, DateTimeOffset now)
    {
        ListenerId = listener.Id;
        Invitation = entry.Invitation;
        Id = Convert.ToHexStringLower(entry.Invitation.Id.Span);
        MaxUses = entry.MaxUses;
        UsedBy = entry.Claimants;
        State = entry.IsWithdrawn ? ListenerInvitationState.Withdrawn
            : entry.Invitation.ExpiresAt <= now ? ListenerInvitationState.Expired
            : entry.IsUsedUp ? ListenerInvitationState.Used
            : ListenerInvitationState.Open;
    }

    /// <summary>The 16 bytes that name it, as hex. Not secret.</summary>
    public string Id { get; }

    /// <summary>Whether somebody new can use it.</summary>
    public ListenerInvitationState State { get; }

    /// <summary>How many identities it is for.</summary>
    public int MaxUses { get; }

    /// <summary>How many have used it.</summary>
    public int Uses => UsedBy.Count;

    /// <summary>Those who have.</summary>
    public IReadOnlyList<Fingerprint> UsedBy { get; }

    /// <summary>When it expires.</summary>
    public DateTimeOffset ExpiresAt => Invitation.ExpiresAt;

    /// <summary>The address that it names, <c>host:port</c>.</summary>
    public string Address => Invitation.Address;

    /// <summary>The invitation itself.</summary>
    public StationInvitation Invitation { get; }

    /// <summary>The id of the listener that accepts it.</summary>
    public string ListenerId { get; }

    /// <summary>The <see cref="Id"/> and the state.</summary>
    public override string ToString() => $"{Id} ({State})";
}
