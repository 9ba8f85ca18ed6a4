using SecureStation.Core.Noise;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake;

/// <summary>
/// A suite of the station protocol, version 1 (docs/protocol/station-1.md, section 1): a Noise protocol with a pattern of three messages.
/// There is no other than those of <see cref="All"/>.
/// </summary>
public sealed record StationSuite
{
    private StationSuite(string pattern, string cipher)
    {
        bool isHybrid = pattern.Contains("hfs", StringComparison.Ordinal);
        Noise = ProtocolName.Parse($"Noise_{pattern}_25519{(isHybrid ? "+MLKEM768" : "")}_{cipher}_SHA256");
    }

    /// <summary>All suites, the default first.</summary>
    public static IReadOnlyList<StationSuite> All { get; } =
    [
        new("XXhfs", "AESGCM"), new("XXhfs", "ChaChaPoly"), new("XXhfs+psk3", "AESGCM"), new("XXhfs+psk3", "ChaChaPoly"),
        new("XX", "AESGCM"), new("XX", "ChaChaPoly"), new("XXpsk3", "AESGCM"), new("XXpsk3", "ChaChaPoly"),
    ];

    /// <summary>The names of all suites, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(suite => suite.Name)];

    /// <summary>What is spoken where nothing else is asked for: identities on both sides, X25519 and ML-KEM-768, AES-GCM.</summary>
    public static StationSuite Default => All[0];

    /// <summary>The Noise protocol.</summary>
    public ProtocolName Noise { get; }

    /// <summary>The Noise protocol name, which stands in the preamble.</summary>
    public string Name => Noise.Name;

    /// <summary>The handshake pattern with its modifiers: XXhfs, XXhfs+psk3, XX or XXpsk3.</summary>
    public string Pattern => Noise.Pattern.Name;

    /// <summary>Whether what is recorded stays secret also from whoever breaks X25519 later.</summary>
    public bool IsHybrid => Noise.Pattern.UsesKem;

    /// <summary>Whether an invitation's secret is mixed in at message 3.</summary>
    public bool NeedsInvitation => Noise.Pattern.PskCount > 0;

    /// <summary>Bytes in the payload of message 1: the invitation's id, or none.</summary>
    public int Message1PayloadLength => NeedsInvitation ? StationInvitation.IdSize : 0;

    /// <summary>Bytes in message 1, always the same: 1,216, 1,264, 32 or 64.</summary>
    public int Message1Length => Noise.Pattern.Messages[0].Overhead + Message1PayloadLength;

    /// <summary>The suite of that name, or null where there is none.</summary>
    public static StationSuite? Find(string name) => All.FirstOrDefault(suite => suite.Name == name);

    /// <summary>The suite of that name.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: there is none.</exception>
    public static StationSuite Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) ?? throw new StationException(
            StationFault.InvalidArgument, $"'{name}' is no suite of the station protocol; use one of {string.Join(", ", Names)}.");
    }

    /// <summary>
    /// Chooses what to speak: the pattern that is asked for, as it is; the suite that is asked for, in its psk3 form with an invitation; else the hybrid,
    /// which for an invitation it must say that the listener takes. There is no second choice.
    /// </summary>
    /// <param name="name">The suite's name; null where none is asked for.</param>
    /// <param name="pattern">The pattern's name; null where none is asked for.</param>
    /// <param name="invitation">The invitation in use.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no such suite or pattern, or the suite has another pattern.</exception>
    public static StationSuite Choose(string? name, string? pattern = null, StationInvitation? invitation = null)
    {
        if (pattern is not null)
        {
            return ChooseByPattern(name, pattern);
        }

        if (name is not null)
        {
            StationSuite suite = Parse(name);
            return invitation is null ? suite : suite.WithInvitation();
        }

        bool isHybrid = invitation?.TakesHybrid ?? true;
        return All.First(suite => suite.IsHybrid == isHybrid && suite.NeedsInvitation == invitation is not null);
    }

    /// <summary>The same with an invitation's secret.</summary>
    public StationSuite WithInvitation() => All.First(suite => suite.NeedsInvitation && suite.IsHybrid == IsHybrid && suite.Noise.Cipher == Noise.Cipher);

    /// <summary>The same without an invitation's secret: what a session that began with one is resumed with.</summary>
    internal StationSuite WithoutInvitation() => All.First(suite => !suite.NeedsInvitation && suite.IsHybrid == IsHybrid && suite.Noise.Cipher == Noise.Cipher);

    /// <summary>The same without the KEM and without an invitation.</summary>
    public StationSuite Classical() => All.First(suite => !suite.IsHybrid && !suite.NeedsInvitation && suite.Noise.Cipher == Noise.Cipher);

    /// <summary>The same with the other cipher, and without an invitation.</summary>
    internal StationSuite OtherCipher() => All.First(suite => suite.IsHybrid == IsHybrid && !suite.NeedsInvitation && suite.Noise.Cipher != Noise.Cipher);

    /// <summary>The Noise protocol name.</summary>
    public override string ToString() => Name;

    private static StationSuite ChooseByPattern(string? name, string pattern)
    {
        StationSuite suite = (name is null ? All.FirstOrDefault(suite => suite.Pattern == pattern) : Parse(name)) ?? throw new StationException(
            StationFault.InvalidArgument,
            $"The station's own handshake has the patterns {string.Join(", ", All.Select(suite => suite.Pattern).Distinct())}, not '{pattern}'. Others are raw Noise: -NoiseProtocol.");
        return suite.Pattern == pattern
            ? suite
            : throw new StationException(StationFault.InvalidArgument, $"The suite '{suite}' does not have the pattern '{pattern}'.");
    }
}
