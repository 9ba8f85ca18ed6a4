using System.Collections;
using SecureStation.Core.Handshake;

namespace SecureStation.Completers;

/// <summary>Completes suites of the station protocol.</summary>
public sealed class SuiteCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationSuite.All.Select(suite => (suite, suite == StationSuite.Default ? "The default" : ""));
}
