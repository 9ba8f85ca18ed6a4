using System.Collections;
using SecureStation.Core.Trust;

namespace SecureStation.Completers;

/// <summary>Completes fingerprints of peers in the trust store.</summary>
public sealed class PeerFingerprintCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        new FileTrustStore(PathOf(bound, nameof(TrustStoreCmdlet.TrustStore)) ?? FileTrustStore.DefaultDirectory)
            .List()
            .Select(peer => (peer.Fingerprint.ToString(), peer.Name));
}
