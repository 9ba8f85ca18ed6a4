using System.Collections.ObjectModel;
using System.Text.RegularExpressions;

namespace SecureStation.Core.Trust;

/// <summary>The groups that a peer is in, in order and each once. As text they have <c>;</c> between them, as a column of a table has them.</summary>
public sealed partial class PeerGroups : ReadOnlyCollection<string>
{
    /// <summary>The most that a record holds.</summary>
    internal const int MaxCount = 64;

    /// <summary>Groups by their names; case does not tell them apart, and is not kept.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: one is no name, or there are over 64.</exception>
    public PeerGroups(IEnumerable<string> names)
        : base([.. (names ?? throw new ArgumentNullException(nameof(names))).Select(Normalize).Distinct().Order(StringComparer.Ordinal)])
    {
        if (Count > MaxCount)
        {
            throw new StationException(StationFault.InvalidArgument, $"A peer is in {MaxCount} groups at most.");
        }
    }

    /// <summary>In no group.</summary>
    public static PeerGroups None { get; } = new([]);

    /// <inheritdoc/>
    public override string ToString() => string.Join(';', this);

    /// <summary>The name of a group as records have it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no such name.</exception>
    public static string Normalize(string name)
    {
        string lower = name?.ToLowerInvariant() ?? string.Empty;
        return NamePattern().IsMatch(lower)
            ? lower
            : throw new StationException(StationFault.InvalidArgument, "The name of a group is 1 to 64 letters, digits, hyphens, underscores and dots, and begins with a letter or digit.");
    }

    [GeneratedRegex(@"^[\p{L}\p{Nd}][\p{L}\p{Nd}._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
