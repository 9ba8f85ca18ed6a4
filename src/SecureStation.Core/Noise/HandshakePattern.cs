namespace SecureStation.Core.Noise;

/// <summary>
/// A handshake pattern (<see href="https://noiseprotocol.org/noise.html#handshake-patterns">section 7</see>),
/// with its modifiers applied: psk (<see href="https://noiseprotocol.org/noise.html#pattern-modifiers">section 9.4</see>) and
/// <see href="https://github.com/noiseprotocol/noise_hfs_spec">hfs</see>, which adds a KEM's ephemeral keys.
/// <see cref="HandshakePatterns"/> has them all.
/// </summary>
public sealed class HandshakePattern
{
    private HandshakePattern(string name, IReadOnlyCollection<Line> preMessages, IReadOnlyCollection<Line> messages)
    {
        bool usesPsk = messages.Any(line => line.Tokens.Contains(HandshakeToken.Psk));
        Name = name;
        PreMessages = Chain(preMessages, usesPsk);
        Messages = Chain(messages, usesPsk);
        PskCount = Messages.Sum(message => message.PskCount);
        UsesKem = messages.Any(line => line.Tokens.Contains(HandshakeToken.E1));
    }

    /// <summary>Its name with modifiers: <c>XX</c>, <c>IKpsk2</c>, <c>XXhfs+psk3</c>.</summary>
    public string Name { get; }

    /// <summary>The public keys that a party knows before the first message, the initiator's first.</summary>
    public IReadOnlyList<MessagePattern> PreMessages { get; }

    /// <summary>The handshake messages in order.</summary>
    public IReadOnlyList<MessagePattern> Messages { get; }

    /// <summary>How many psk tokens it has.</summary>
    public int PskCount { get; }

    /// <summary>Whether it has the modifier hfs: a secret from a KEM is mixed in beside that of <c>ee</c>.</summary>
    public bool UsesKem { get; }

    /// <summary>Whether only the initiator sends, in the handshake and afterwards (section 7.4).</summary>
    public bool IsOneWay => Messages.Count == 1;

    /// <summary>Whether that party has a static key pair.</summary>
    public bool UsesStatic(bool ofInitiator) => KnowsStatic(ofInitiator) || Messages.Any(message => SendsStatic(message, ofInitiator));

    /// <summary>Whether the other party must know that party's static public key beforehand.</summary>
    public bool KnowsStatic(bool ofInitiator) => PreMessages.Any(message => SendsStatic(message, ofInitiator));

    /// <summary>The whole pattern as the specification writes it, pre-messages and <c>...</c> first.</summary>
    public override string ToString()
    {
        IEnumerable<string> lines = Messages.Select(message => $"  {message}");
        if (PreMessages.Count > 0)
        {
            lines = [.. PreMessages.Select(message => $"  {message}"), "  ...", .. lines];
        }

        return string.Join('\n', [$"{Name}:", .. lines]);
    }

    /// <summary>Reads a pattern in the form that <see cref="ToString"/> writes.</summary>
    internal static HandshakePattern FromText(string text)
    {
        string[] rows = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Line[] lines = [.. rows[1..].Where(row => row != "...").Select(Line.FromText)];
        int preMessages = Math.Max(0, Array.IndexOf(rows, "...") - 1);
        return new HandshakePattern(rows[0].TrimEnd(':'), lines[..preMessages], lines[preMessages..]);
    }

    /// <summary>
    /// Applies modifiers. hfs (section 5 of its specification) puts e1 behind the first e or, so that the key travels encrypted, behind the first DH token of
    /// that message where it has one; and ekem1 behind the first ee. After that psk0 puts a psk token at the beginning of the first message, pskN at the end
    /// of the Nth.
    /// </summary>
    /// <param name="hfs">Whether hfs is among them; not for one-way patterns, which have no ee.</param>
    /// <param name="positions">The N of each pskN, ascending, none above the number of messages.</param>
    internal HandshakePattern WithModifiers(bool hfs, IReadOnlyCollection<int> positions)
    {
        Line[] messages = [.. Messages.Select(Line.Of)];
        if (hfs)
        {
            int first = Array.FindIndex(messages, line => line.Tokens.Contains(HandshakeToken.E));
            int place = Array.FindIndex(messages[first].Tokens, IsDh);
            messages[first] = messages[first].With(HandshakeToken.E1, behind: place >= 0 ? place : Array.IndexOf(messages[first].Tokens, HandshakeToken.E));
            int second = Array.FindIndex(messages, line => line.Tokens.Contains(HandshakeToken.EE));
            messages[second] = messages[second].With(HandshakeToken.EKem1, behind: Array.IndexOf(messages[second].Tokens, HandshakeToken.EE));
        }

        foreach (int position in positions)
        {
            Line line = messages[Math.Max(0, position - 1)];
            messages[Math.Max(0, position - 1)] = line with
            {
                Tokens = position == 0 ? [HandshakeToken.Psk, .. line.Tokens] : [.. line.Tokens, HandshakeToken.Psk],
            };
        }

        IEnumerable<string> modifiers = [.. hfs ? ["hfs"] : Array.Empty<string>(), .. positions.Select(position => $"psk{position}")];
        return new HandshakePattern(Name + string.Join('+', modifiers), [.. PreMessages.Select(Line.Of)], messages);
    }

    private static MessagePattern[] Chain(IReadOnlyCollection<Line> lines, bool usesPsk)
    {
        var messages = new List<MessagePattern>(lines.Count);
        foreach (Line line in lines)
        {
            messages.Add(new MessagePattern(line.IsFromInitiator, line.Tokens, usesPsk, messages.LastOrDefault()));
        }

        return [.. messages];
    }

    private static bool IsDh(HandshakeToken token) => token is HandshakeToken.EE or HandshakeToken.ES or HandshakeToken.SE or HandshakeToken.SS;

    private static bool SendsStatic(MessagePattern message, bool ofInitiator)
        => message.IsFromInitiator == ofInitiator && message.Tokens.Contains(HandshakeToken.S);

    private sealed record Line(bool IsFromInitiator, HandshakeToken[] Tokens)
    {
        public static Line Of(MessagePattern message) => new(message.IsFromInitiator, [.. message.Tokens]);

        public Line With(HandshakeToken token, int behind) => this with { Tokens = [.. Tokens[..(behind + 1)], token, .. Tokens[(behind + 1)..]] };

        public static Line FromText(string row)
            => new(row.StartsWith("->", StringComparison.Ordinal), [.. row[2..].Split(',').Select(token => Enum.Parse<HandshakeToken>(token, ignoreCase: true))]);
    }
}
