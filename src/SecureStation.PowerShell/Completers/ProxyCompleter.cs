using System.Collections;

namespace SecureStation.Completers;

/// <summary>Completes the kinds of proxies, with the ports that they usually have.</summary>
public sealed class ProxyCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
    [
        ("socks5://127.0.0.1:1080", "A SOCKS5 proxy"),
        ("http://127.0.0.1:8080", "An HTTP proxy that takes CONNECT"),
    ];
}
