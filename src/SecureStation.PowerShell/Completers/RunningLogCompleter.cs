using System.Collections;

namespace SecureStation.Completers;

/// <summary>Completes the files of the logs that this process writes.</summary>
public sealed class RunningLogCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationRegistry.Current.Logs.Select(static log => (log.Path, $"{log.EntryCount} entries"));
}
