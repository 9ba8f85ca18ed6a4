using System.Collections;
using SecureStation.Core.Protocols;

namespace SecureStation.Completers;

/// <summary>Completes the handshake patterns of the station's own handshake.</summary>
public sealed class PatternCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        ProtocolCatalog.Station.DistinctBy(protocol => protocol.Pattern).Select(protocol => (protocol.Pattern!, protocol.Description));
}
