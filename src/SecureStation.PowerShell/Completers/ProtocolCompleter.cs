using System.Collections;
using SecureStation.Core.Protocols;

namespace SecureStation.Completers;

/// <summary>Completes the names of session protocols.</summary>
public sealed class ProtocolCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationProtocols.All.Select(protocol => (protocol.Name, protocol.IsSecure ? "The default" : $"Not secure: it {protocol.Weakness}"));
}
