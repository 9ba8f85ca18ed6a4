namespace SecureStation.Core.Noise;

/// <summary>
/// Every handshake pattern of the specification, revision 34, in its own notation: to check a pattern, lay the text beside
/// <see href="https://noiseprotocol.org/noise.html#one-way-handshake-patterns">section 7.4</see> (one-way),
/// <see href="https://noiseprotocol.org/noise.html#interactive-handshake-patterns-fundamental">7.5</see> (fundamental) and
/// <see href="https://noiseprotocol.org/noise.html#interactive-handshake-patterns-deferred">7.6 and the appendix</see> (deferred).
/// </summary>
public static class HandshakePatterns
{
    private const string OneWayText = """
        N:
          <- s
          ...
          -> e, es

        K:
          -> s
          <- s
          ...
          -> e, es, ss

        X:
          <- s
          ...
          -> e, es, s, ss
        """;

    private const string FundamentalText = """
        NN:
          -> e
          <- e, ee

        NK:
          <- s
          ...
          -> e, es
          <- e, ee

        NX:
          -> e
          <- e, ee, s, es

        XN:
          -> e
          <- e, ee
          -> s, se

        XK:
          <- s
          ...
          -> e, es
          <- e, ee
          -> s, se

        XX:
          -> e
          <- e, ee, s, es
          -> s, se

        KN:
          -> s
          ...
          -> e
          <- e, ee, se

        KK:
          -> s
          <- s
          ...
          -> e, es, ss
          <- e, ee, se

        KX:
          -> s
          ...
          -> e
          <- e, ee, se, s, es

        IN:
          -> e, s
          <- e, ee, se

        IK:
          <- s
          ...
          -> e, es, s, ss
          <- e, ee, se

        IX:
          -> e, s
          <- e, ee, se, s, es
        """;

    private const string DeferredText = """
        NK1:
          <- s
          ...
          -> e
          <- e, ee, es

        NX1:
          -> e
          <- e, ee, s
          -> es

        X1N:
          -> e
          <- e, ee
          -> s
          <- se

        X1K:
          <- s
          ...
          -> e, es
          <- e, ee
          -> s
          <- se

        XK1:
          <- s
          ...
          -> e
          <- e, ee, es
          -> s, se

        X1K1:
          <- s
          ...
          -> e
          <- e, ee, es
          -> s
          <- se

        X1X:
          -> e
          <- e, ee, s, es
          -> s
          <- se

        XX1:
          -> e
          <- e, ee, s
          -> es, s, se

        X1X1:
          -> e
          <- e, ee, s
          -> es, s
          <- se

        K1N:
          -> s
          ...
          -> e
          <- e, ee
          -> se

        K1K:
          -> s
          <- s
          ...
          -> e, es
          <- e, ee
          -> se

        KK1:
          -> s
          <- s
          ...
          -> e
          <- e, ee, se, es

        K1K1:
          -> s
          <- s
          ...
          -> e
          <- e, ee, es
          -> se

        K1X:
          -> s
          ...
          -> e
          <- e, ee, s, es
          -> se

        KX1:
          -> s
          ...
          -> e
          <- e, ee, se, s
          -> es

        K1X1:
          -> s
          ...
          -> e
          <- e, ee, s
          -> se, es

        I1N:
          -> e, s
          <- e, ee
          -> se

        I1K:
          <- s
          ...
          -> e, es, s
          <- e, ee
          -> se

        IK1:
          <- s
          ...
          -> e, s
          <- e, ee, se, es

        I1K1:
          <- s
          ...
          -> e, s
          <- e, ee, es
          -> se

        I1X:
          -> e, s
          <- e, ee, s, es
          -> se

        IX1:
          -> e, s
          <- e, ee, se, s
          -> es

        I1X1:
          -> e, s
          <- e, ee, s
          -> se, es
        """;

    private static readonly Dictionary<string, HandshakePattern> s_byName =
        new[] { OneWayText, FundamentalText, DeferredText }.SelectMany(ReadAll).ToDictionary(pattern => pattern.Name);

    /// <summary>The names of all patterns, without modifiers.</summary>
    public static IReadOnlyCollection<string> Names => s_byName.Keys;

    /// <summary>The pattern of that name (without modifiers), or null where there is none.</summary>
    public static HandshakePattern? Find(string name) => s_byName.GetValueOrDefault(name);

    private static IEnumerable<HandshakePattern> ReadAll(string text)
        => text.ReplaceLineEndings("\n").Split("\n\n").Select(HandshakePattern.FromText);
}
