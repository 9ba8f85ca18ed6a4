using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// A Noise protocol name (<see href="https://noiseprotocol.org/noise.html#protocol-names-and-modifiers">section 8</see>):
/// <c>Noise_XXpsk0+psk3_25519_ChaChaPoly_BLAKE2s</c>, <c>Noise_XXhfs_25519+MLKEM768_AESGCM_SHA256</c>. All patterns of
/// <see cref="HandshakePatterns"/> with psk modifiers are known, the interactive ones also with <c>hfs</c>; DH <c>25519</c>, KEM <c>MLKEM768</c>,
/// ciphers <c>AESGCM</c> and <c>ChaChaPoly</c>, hashes <c>SHA256</c>, <c>SHA512</c>, <c>BLAKE2s</c> and <c>BLAKE2b</c>.
/// The modifier <c>fallback</c> and DH <c>448</c> are not supported.
/// </summary>
/// <remarks>
/// The name of a KEM follows that of the DH function after a plus sign (<see href="https://github.com/noiseprotocol/noise_hfs_spec">hfs</see>, section 5).
/// Names of functions are letters, digits and <c>/</c> (section 8), so there is none with a hyphen.
/// </remarks>
public sealed class ProtocolName
{
    /// <summary>The longest name that the specification allows, in bytes.</summary>
    public const int MaxLength = 255;

    private ProtocolName(string name, HandshakePattern pattern, string dh, string? kem, string cipher, HashFunction hash)
    {
        Name = name;
        Pattern = pattern;
        Dh = dh;
        Kem = kem;
        Cipher = cipher;
        HashFunction = hash;
    }

    /// <summary>The DH functions that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<string> DhNames { get; } = ["25519"];

    /// <summary>The KEM functions that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<string> KemNames { get; } = [MLKem768.Name];

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

    /// <summary>The KEM function, <c>MLKEM768</c>; null where the pattern has no hfs.</summary>
    public string? Kem { get; }

    /// <summary>The cipher function.</summary>
    public string Cipher { get; }

    /// <summary>The hash function.</summary>
    public string Hash => HashFunction.Name;

    /// <summary>
    /// What keeps the messages secret and what proves the peer: <c>secrecy: hybrid, authentication: classical</c>. Classical is what a quantum computer
    /// would break; hybrid secrecy needs a break of X25519 and ML-KEM both.
    /// </summary>
    public string Security => $"secrecy: {Secrecy}, authentication: {Authentication}";

    private string Secrecy => Pattern.UsesKem ? "hybrid" : "classical";

    private string Authentication => Pattern.UsesStatic(ofInitiator: true) || Pattern.UsesStatic(ofInitiator: false) ? "classical"
        : Pattern.PskCount > 0 ? "pre-shared key"
        : "none";

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

        if (!ReadKeyExchange(parts[2], pattern, out string dh, out string? kem, out problem))
        {
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

        return new ProtocolName(name, pattern, dh, kem, parts[3], hash);
    }

    /// <summary>The DH function and, where the pattern has hfs and only there, a plus sign and the KEM function.</summary>
    private static bool ReadKeyExchange(string text, HandshakePattern pattern, out string dh, out string? kem, out string problem)
    {
        int plus = text.IndexOf('+', StringComparison.Ordinal);
        dh = plus < 0 ? text : text[..plus];
        kem = plus < 0 ? null : text[(plus + 1)..];
        problem = !DhNames.Contains(dh) ? $"The DH function '{dh}' is not supported; known: {string.Join(", ", DhNames)}."
            : kem is not null && !KemNames.Contains(kem) ? $"The KEM function '{kem}' is not supported; known: {string.Join(", ", KemNames)}."
            : kem is null && pattern.UsesKem ? $"The modifier 'hfs' needs a KEM function behind the DH function: {dh}+{KemNames[0]}."
            : kem is not null && !pattern.UsesKem ? $"The KEM function '{kem}' needs the modifier 'hfs', as in XXhfs."
            : "";
        return problem.Length == 0;
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

        bool hfs = false;
        var positions = new List<int>();
        foreach (string modifier in text[nameLength..].Split('+'))
        {
            if (modifier == "fallback")
            {
                problem = "The pattern modifier 'fallback' is not supported.";
                return null;
            }

            if (modifier == "hfs")
            {
                if (pattern.IsOneWay)
                {
                    problem = $"'hfs' is not possible: {baseName} is one-way, and the receiver never answers.";
                    return null;
                }

                if (hfs || positions.Count > 0)
                {
                    problem = NotSorted(text);
                    return null;
                }

                hfs = true;
                continue;
            }

            if (modifier.Length != 4 || !modifier.StartsWith("psk", StringComparison.Ordinal) || !char.IsAsciiDigit(modifier[3]))
            {
                problem = $"There is no pattern modifier '{modifier}'; known: hfs, psk0 to psk4.";
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
                problem = NotSorted(text);
                return null;
            }

            positions.Add(position);
        }

        return pattern.WithModifiers(hfs, positions);
    }

    private static string NotSorted(string text) => $"The modifiers of '{text}' must each stand once and in alphabetical order, hfs before psk0, psk1 ….";
}
