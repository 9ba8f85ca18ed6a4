using System.Collections;
using SecureStation.Core.Protocols;

namespace SecureStation.Completers;

/// <summary>Completes names of protocols that the catalogue has, raw Noise among them.</summary>
public sealed class CatalogCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        ProtocolCatalog.All.DistinctBy(protocol => protocol.Protocol).Select(protocol => (protocol.Protocol, protocol.Description));
}
