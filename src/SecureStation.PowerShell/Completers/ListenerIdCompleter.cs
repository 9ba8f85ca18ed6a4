using System.Collections;

namespace SecureStation.Completers;

/// <summary>Completes ids of the process's listeners.</summary>
public sealed class ListenerIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationRegistry.Current.Listeners.Select(listener => (listener.Id, string.Join(", ", listener.EndPoints)));
}
