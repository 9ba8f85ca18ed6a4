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

    /// <summary>Its id, 32 hexadecimal digits.</summary>
    public ListenerInvitationReference(string id) => _id = id;

    /// <summary>The invitation as it stands now, and who gave it out.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>: no listener of this process has.</exception>
    internal (StationListener Listener, ListenerInvitation Invitation) Resolve()
    {
        foreach (StationListener listener in StationRegistry.Current.Listeners)
        {
            if (listener.GetInvitations().FirstOrDefault(invitation => invitation.Id.Equals(_id, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                return (listener, found);
            }
        }

        throw new StationException(StationFault.NotFound, $"No listener of this process has given out an invitation with the id '{_id}'.");
    }

    /// <inheritdoc/>
    public override string ToString() => _id;
}
