using System.Collections;

namespace SecureStation.Completers;

/// <summary>Completes ids of the process's notaries.</summary>
public sealed class NotaryIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationRegistry.Current.Notaries.Select(notary => (notary.Id, $"{notary.Protocol} {notary.Uri}"));
}
