using System.Collections;
using SecureStation.Commands;

namespace SecureStation.Completers;

/// <summary>Completes names of protocols.</summary>
public sealed class ProtocolCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        GetStationProtocolCommand.Known.Select(protocol => protocol.Protocol).Distinct().Select(name => (name, ""));
}
