using System.Collections.ObjectModel;
using System.Text.RegularExpressions;

namespace SecureStation.Core.Trust;

/// <summary>
/// Which services a peer may use, in order and each once; none: all that are offered. As text they have <c>;</c> between them, as a column of a
/// table has them. A service's name is its capability's.
/// </summary>
public sealed partial class PeerCapabilities : ReadOnlyCollection<string>
{
    /// <summary>The most that a record holds.</summary>
    internal const int MaxCount = 32;

    /// <summary>Capabilities by their names, in any case.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: one is no name, or there are over 32.</exception>
    public PeerCapabilities(IEnumerable<string> names)
        : base([.. (names ?? throw new ArgumentNullException(nameof(names))).Select(Normalize).Distinct().Order(StringComparer.Ordinal)])
    {
        if (Count > MaxCount)
        {
            throw new StationException(StationFault.InvalidArgument, $"A peer has {MaxCount} capabilities at most.");
        }
    }

    /// <summary>No narrowing: a peer may use all that is offered.</summary>
    public static PeerCapabilities All { get; } = new([]);

    /// <summary>The names that this version knows. A record may hold others, of a later one; they open nothing here.</summary>
    public static IReadOnlyList<string> Known { get; } = ["file", "request", "receipt", "dh", "document", "notary", "mail"];

    /// <summary>Whether a peer with these may use a service.</summary>
    public bool Allow(string service) => Count == 0 || Contains(service);

    /// <inheritdoc/>
    public override string ToString() => string.Join(';', this);

    private static string Normalize(string name)
    {
        string lower = name?.ToLowerInvariant() ?? string.Empty;
        return NamePattern().IsMatch(lower)
            ? lower
            : throw new StationException(StationFault.InvalidArgument, "The name of a capability is 1 to 32 lower-case letters, digits and hyphens.");
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
