using System.Collections;

namespace SecureStation.Completers;

/// <summary>Completes ids of what runs in this process: an id that two ends share, and each end.</summary>
public sealed class IdCompleter<T> : NameCompleter
    where T : class
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        IdKinds.Of<T>().Ids.Concat(IdKinds.Of<T>().Names).DistinctBy(static one => one.Name);
}
