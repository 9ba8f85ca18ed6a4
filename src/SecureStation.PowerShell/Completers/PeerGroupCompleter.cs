using System.Collections;
using SecureStation.Core.Trust;

namespace SecureStation.Completers;

/// <summary>Completes names of groups of peers in the trust store.</summary>
public sealed class PeerGroupCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        new FileTrustStore(PathOf(bound, nameof(TrustStoreCmdlet.TrustStore)) ?? FileTrustStore.DefaultDirectory)
            .List()
            .SelectMany(peer => peer.Groups.Select(group => (Group: group, peer.Name)))
            .GroupBy(member => member.Group, member => member.Name)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, string.Join(", ", group)));
}
