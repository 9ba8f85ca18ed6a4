using System.Collections;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Completers;

/// <summary>Completes names of keys in the key store.</summary>
public sealed class KeyNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        new KeyStore(PathOf(bound, nameof(KeyStoreCmdlet.KeyStore)) ?? KeyStore.DefaultDirectory)
            .List()
            .Select(key => (key.Name, $"{key.Algorithm} {key.Fingerprint}"));
}
