using System.Collections;
using SecureStation.Core.Protocols;

namespace SecureStation.Completers;

/// <summary>Completes names of Noise protocols: every pattern, hybrid ones too, with every cipher and hash; psk modifiers are typed by hand.</summary>
public sealed class NoiseProtocolCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        from protocol in ProtocolCatalog.Noise
        from suite in ProtocolCatalog.SuitesOf(protocol.Pattern!)
        select (suite, protocol.Description);
}
