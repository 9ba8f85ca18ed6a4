using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>An invitation that a listener of this process gave out: an object of Get- or New-StationInvitation, or its id.</summary>
public sealed class ListenerInvitationReference
{
    private readonly string _id;

    /// <summary>As Get-StationInvitation writes it.</summary>
    public ListenerInvitationReference(ListenerInvitation invitation)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        _id = invitation.Id;
    }

    /// <summary>As New-StationInvitation writes it.</summary>
    public ListenerInvitationReference(StationInvitation invitation)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        _id = Convert.ToHexStringLower(invitation.Id.Span);
    }

    /// <summary>Its id, 32 hexadecimal digits, or the beginning of it.</summary>
    public ListenerInvitationReference(string id) => _id = id;

    /// <summary>The invitation as it stands now, and who gave it out.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.InvalidArgument"/>: no listener of this process has, or the id fits several.</exception>
    internal (StationListener Listener, ListenerInvitation Invitation) Resolve()
    {
        ListenerInvitation found = IdKinds.Invitations.One(_id);
        return (IdKinds.Listeners.One(found.ListenerId), found);
    }

    /// <inheritdoc/>
    public override string ToString() => _id;
}
