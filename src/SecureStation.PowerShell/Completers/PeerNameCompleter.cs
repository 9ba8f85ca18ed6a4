using System.Collections;
using SecureStation.Core.Trust;

namespace SecureStation.Completers;

/// <summary>Completes names of peers in the trust store.</summary>
public sealed class PeerNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        new FileTrustStore(PathOf(bound, nameof(TrustStoreCmdlet.TrustStore)) ?? FileTrustStore.DefaultDirectory)
            .List()
            .Select(peer => (peer.Name, peer.ToString()));
}
