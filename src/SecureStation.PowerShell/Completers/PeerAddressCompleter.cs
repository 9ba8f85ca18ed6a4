using System.Collections;
using SecureStation.Core.Trust;

namespace SecureStation.Completers;

/// <summary>Completes the addresses at which the trust store knows peers, and paths of Unix sockets.</summary>
public sealed class PeerAddressCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        from peer in new FileTrustStore(PathOf(bound, nameof(TrustStoreCmdlet.TrustStore)) ?? FileTrustStore.DefaultDirectory).List()
        from address in peer.Addresses
        select (address, peer.ToString());

    private protected override IEnumerable<(string Name, string Hint)> NamesLike(string typed) => SocketPathCompletion.Of(typed);
}
