using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// A Noise protocol name (<see href="https://noiseprotocol.org/noise.html#protocol-names-and-modifiers">section 8</see>):
/// <c>Noise_XXpsk0+psk3_25519_ChaChaPoly_BLAKE2s</c>. All patterns of <see cref="HandshakePatterns"/> with psk modifiers are known,
/// DH <c>25519</c>, ciphers <c>AESGCM</c> and <c>ChaChaPoly</c>, hashes <c>SHA256</c>, <c>SHA512</c>, <c>BLAKE2s</c> and <c>BLAKE2b</c>.
/// The modifier <c>fallback</c> and DH <c>448</c> are not supported.
/// </summary>
public sealed class ProtocolName
{
    /// <summary>The longest name that the specification allows, in bytes.</summary>
    public const int MaxLength = 255;

    private ProtocolName(string name, HandshakePattern pattern, string dh, string cipher, HashFunction hash)
    {
        Name = name;
        Pattern = pattern;
        Dh = dh;
        Cipher = cipher;
        HashFunction = hash;
    }

    /// <summary>The DH functions that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<string> DhNames { get; } = ["25519"];

    /// <summary>The cipher functions that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<string> CipherNames => AeadCipher.Names;

    /// <summary>The hash functions that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<string> HashNames => HashFunction.Names;

    /// <summary>The whole name.</summary>
    public string Name { get; }

    /// <summary>The handshake pattern with its modifiers applied.</summary>
    public HandshakePattern Pattern { get; }

    /// <summary>The DH function, <c>25519</c>.</summary>
    public string Dh { get; }

    /// <summary>The cipher function.</summary>
    public string Cipher { get; }

    /// <summary>The hash function.</summary>
    public string Hash => HashFunction.Name;

    /// <summary>How many handshake messages there are.</summary>
    public int MessageCount => Pattern.Messages.Count;

    internal HashFunction HashFunction { get; }

    /// <summary>Reads a protocol name, exactly: case, order of modifiers and all.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: the name is malformed or names something unknown; the text says what.</exception>
    public static ProtocolName Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Read(name, out string problem) ?? throw new StationException(StationFault.InvalidArgument, problem);
    }

    /// <summary>Reads a protocol name as <see cref="Parse"/> does; false where that would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, [NotNullWhen(true)] out ProtocolName? protocol)
    {
        protocol = name is null ? null : Read(name, out _);
        return protocol is not null;
    }

    /// <summary>The whole name.</summary>
    public override string ToString() => Name;

    private static ProtocolName? Read(string name, out string problem)
    {
        if (name.Length > MaxLength)
        {
            problem = $"A Noise protocol name has at most {MaxLength} characters, not {name.Length}.";
            return null;
        }

        string[] parts = name.Split('_');
        if (parts.Length != 5 || parts[0] != "Noise")
        {
            problem = $"'{name}' is not a Noise protocol name; one looks like Noise_XX_25519_AESGCM_SHA256.";
            return null;
        }

        if (ReadPattern(parts[1], out problem) is not { } pattern)
        {
            return null;
        }

        if (!DhNames.Contains(parts[2]))
        {
            problem = $"The DH function '{parts[2]}' is not supported; known: {string.Join(", ", DhNames)}.";
            return null;
        }

        if (!CipherNames.Contains(parts[3]))
        {
            problem = $"The cipher function '{parts[3]}' is not supported; known: {string.Join(", ", CipherNames)}.";
            return null;
        }

        if (HashFunction.Find(parts[4]) is not { } hash)
        {
            problem = $"The hash function '{parts[4]}' is not supported; known: {string.Join(", ", HashNames)}.";
            return null;
        }

        return new ProtocolName(name, pattern, parts[2], parts[3], hash);
    }

    /// <summary>Pattern names are upper-case letters and digits; modifiers begin with a lower-case letter, further ones with '+'.</summary>
    private static HandshakePattern? ReadPattern(string text, out string problem)
    {
        problem = "";
        int nameLength = text.AsSpan().IndexOfAnyExceptInRange('0', 'Z');
        string baseName = nameLength < 0 ? text : text[..nameLength];
        if (HandshakePatterns.Find(baseName) is not { } pattern)
        {
            problem = $"There is no handshake pattern '{baseName}'.";
            return null;
        }

        if (nameLength < 0)
        {
            return pattern;
        }

        var positions = new List<int>();
        foreach (string modifier in text[nameLength..].Split('+'))
        {
            if (modifier == "fallback")
            {
                problem = "The pattern modifier 'fallback' is not supported.";
                return null;
            }

            if (modifier.Length != 4 || !modifier.StartsWith("psk", StringComparison.Ordinal) || !char.IsAsciiDigit(modifier[3]))
            {
                problem = $"There is no pattern modifier '{modifier}'; known: psk0 to psk4.";
                return null;
            }

            int position = modifier[3] - '0';
            if (position > pattern.Messages.Count)
            {
                problem = $"'{modifier}' is not possible: {baseName} has {pattern.Messages.Count} message{(pattern.Messages.Count == 1 ? "" : "s")}.";
                return null;
            }

            // Section 8: modifiers whose order does not matter are sorted, so that each protocol has one name.
            if (positions.Count > 0 && position <= positions[^1])
            {
                problem = $"The modifiers of '{text}' must each stand once and in ascending order.";
                return null;
            }

            positions.Add(position);
        }

        return pattern.WithPsks(positions);
    }
}
