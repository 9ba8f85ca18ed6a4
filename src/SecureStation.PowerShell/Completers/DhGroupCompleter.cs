using System.Collections;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Completers;

/// <summary>Completes the names of known finite-field groups.</summary>
public class DhGroupCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        DhGroup.All.Select(group => (group.Name, $"{group.Bits} bits, {group.Source}"));
}
