using System.Collections;

namespace SecureStation.Completers;

/// <summary>Completes ids of the process's Diffie-Hellman servers.</summary>
public sealed class DhServerIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationRegistry.Current.DhServers.Select(server => (server.Id, string.Join(", ", server.EndPoints)));
}
