using System.Collections;
using SecureStation.Core.Handshake;

namespace SecureStation.Completers;

/// <summary>Completes suites of the station protocol.</summary>
public sealed class SuiteCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationSuite.All.Select(suite => (suite.Name, suite == StationSuite.Default ? $"The default; {suite.Noise.Security}" : suite.Noise.Security));
}
