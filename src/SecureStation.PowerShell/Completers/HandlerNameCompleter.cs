using System.Collections;
using SecureStation.Requests;

namespace SecureStation.Completers;

/// <summary>Completes the names of the handlers of this process.</summary>
public sealed class HandlerNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationHandlers.All().Select(static handler => (handler.Name, handler.ToString())).DistinctBy(static one => one.Name);
}
