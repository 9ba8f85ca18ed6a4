using System.Collections;

namespace SecureStation.Completers;

/// <summary>Completes ids of the invitations that listeners of this process have given out.</summary>
public sealed class InvitationIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationRegistry.Current.Listeners.SelectMany(static listener => listener.GetInvitations()).Select(static invitation => (invitation.Id, $"{invitation.State}, {invitation.Address}"));
}
