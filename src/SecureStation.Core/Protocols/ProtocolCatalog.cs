using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Protocols;

/// <summary>The protocols and suites of this library, and what each promises.</summary>
public static class ProtocolCatalog
{
    /// <summary>The name that raw Noise has in the catalogue.</summary>
    public const string NoiseName = "Noise";

    // X25519 has 128 bits (RFC 7748, section 7); ML-KEM-768 (category 3 of NIST) and the ciphers have more.
    private const int X25519Strength = 128;

    /// <summary>The suites of the station protocol, the default first.</summary>
    public static IReadOnlyList<StationProtocolInfo> Station { get; } = [.. StationSuite.All.Select(suite => Describe(suite.Name) with
    {
        Protocol = StationProtocolV1.Name,
        IsDefault = suite == StationSuite.Default,
        Description = suite.NeedsInvitation ? "Sessions by an invitation" : "Sessions between known identities",
    })];

    /// <summary>The old session protocols, where their assembly is there.</summary>
    public static IReadOnlyList<StationProtocolInfo> Legacy => [.. StationProtocols.All.Where(protocol => !protocol.IsSecure).Select(protocol => new StationProtocolInfo
    {
        Protocol = protocol.Name,
        Suite = "its own",
        Security = "none",
        Secrecy = "None",
        Strength = 0,
        HasForwardSecrecy = false,
        Authentication = "None",
        IsLegacy = true,
        Description = $"Not secure: it {protocol.Weakness}",
    })];

    /// <summary>All that there is.</summary>
    public static IReadOnlyList<StationProtocolInfo> All => [.. Station, .. Legacy, .. Noise];

    /// <summary>Raw Noise by hand: each pattern once, the interactive ones once more with hfs, with the default's ciphers.</summary>
    public static IReadOnlyList<StationProtocolInfo> Noise { get; } = [.. NoisePatterns().Select(pattern => Describe(SuitesOf(pattern).First()))];

    /// <summary>The names of all Noise protocols that differ in cipher and hash for a pattern with its modifiers.</summary>
    public static IEnumerable<string> SuitesOf(string pattern) =>
        from keyExchange in new[] { pattern.Contains("hfs", StringComparison.Ordinal) ? $"{ProtocolName.DhNames[0]}+{ProtocolName.KemNames[0]}" : ProtocolName.DhNames[0] }
        from cipher in ProtocolName.CipherNames
        from hash in ProtocolName.HashNames
        select $"Noise_{pattern}_{keyExchange}_{cipher}_{hash}";

    /// <summary>What a Noise protocol promises.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not a Noise protocol name.</exception>
    public static StationProtocolInfo Describe(string noiseName)
    {
        ProtocolName name = ProtocolName.Parse(noiseName);
        HandshakePattern pattern = name.Pattern;
        bool initiator = pattern.UsesStatic(ofInitiator: true);
        bool responder = pattern.UsesStatic(ofInitiator: false);
        return new StationProtocolInfo
        {
            Protocol = NoiseName,
            Suite = name.Name,
            Pattern = pattern.Name,
            Strength = X25519Strength,
            Security = name.Security,
            Secrecy = pattern.UsesKem ? "Hybrid" : "Classical",
            HasForwardSecrecy = pattern.Messages.Any(message => message.Tokens.Contains(HandshakeToken.EE)),
            Authentication = (initiator, responder) switch
            {
                (true, true) => "Mutual",
                (true, false) => nameof(StationRole.Initiator),
                (false, true) => nameof(StationRole.Responder),
                _ => pattern.PskCount > 0 ? "Mutual by pre-shared key" : "None",
            },
            PskCount = pattern.PskCount,
            Description = string.Join("; ", pattern.Messages),
        };
    }

    private static IEnumerable<string> NoisePatterns()
        => HandshakePatterns.Names.Concat(HandshakePatterns.Names.Where(name => !HandshakePatterns.Find(name)!.IsOneWay).Select(name => $"{name}hfs"));
}
