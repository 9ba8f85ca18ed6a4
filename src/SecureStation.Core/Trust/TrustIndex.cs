using System.Text;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Trust;

/// <summary>
/// Who is called what, and which addresses are pinned to whom, as lines to search:
/// <code>
/// name NAME IN UPPER CASE ␉ key     (the fingerprint's hash, 64 hexadecimal digits)
/// pin key host:port
/// </code>
/// It only says which files to look into: whoever asks it reads those before he believes it. Names hold no control characters, so neither
/// tab nor line feed can stand in one. A value: a change gives another index.
/// </summary>
internal sealed class TrustIndex
{
    private const byte LineFeed = (byte)'\n';

    // Begins with a line feed, and every line ends in one: so each can be searched for as a whole.
    private readonly ReadOnlyMemory<byte> _lines;

    public TrustIndex(ReadOnlyMemory<byte> lines) => _lines = lines;

    public static TrustIndex Empty { get; } = new("\n"u8.ToArray());

    /// <summary>The lines, with a line feed before the first.</summary>
    public ReadOnlyMemory<byte> Lines => _lines;

    /// <summary>An index of all that there is.</summary>
    public static TrustIndex Of(IEnumerable<PeerRecord> peers, IEnumerable<PinFile> pins) => new(Encoding.UTF8.GetBytes(
        "\n" + string.Concat(peers.Select(static peer => NameLine(peer.Name, peer.Fingerprint)).Concat(pins.Select(static pin => PinLine(pin.Address, pin.Fingerprint))))));

    /// <summary>The keys whose records may have this name, whatever its case.</summary>
    public IReadOnlyList<Fingerprint> KeysOf(string name) =>
        [.. Find($"name {Fold(name)}\t").Where(static hex => hex.Length == 2 * Fingerprint.Size && hex.All(char.IsAsciiHexDigit)).Select(static hex => Fingerprint.FromHash(Convert.FromHexString(hex)))];

    /// <summary>The addresses that may be pinned to this key.</summary>
    public IReadOnlyList<string> AddressesOf(Fingerprint key) => Find($"pin {key.ToHex()} ");

    /// <summary>With this name for the key, and no other.</summary>
    public TrustIndex WithName(string name, Fingerprint key) => WithoutName(key).With(NameLine(name, key));

    /// <summary>With no name for the key.</summary>
    public TrustIndex WithoutName(Fingerprint key) => Without($"\t{key.ToHex()}\n");

    /// <summary>With the key pinned to the address, and no other.</summary>
    public TrustIndex WithPin(string address, Fingerprint key) => WithoutPin(address).With(PinLine(address, key));

    /// <summary>With no key pinned to the address.</summary>
    public TrustIndex WithoutPin(string address) => Without($" {address}\n");

    private static string NameLine(string name, Fingerprint key) => $"name {Fold(name)}\t{key.ToHex()}\n";

    private static string PinLine(string address, Fingerprint key) => $"pin {key.ToHex()} {address}\n";

    private static string Fold(string name) => name.ToUpperInvariant();

    // The rest of each line that begins so.
    private List<string> Find(string beginning)
    {
        byte[] wanted = Encoding.UTF8.GetBytes("\n" + beginning);
        var found = new List<string>();
        ReadOnlySpan<byte> rest = _lines.Span;
        for (int at = rest.IndexOf(wanted); at >= 0; at = rest.IndexOf(wanted))
        {
            rest = rest[(at + wanted.Length)..];
            int end = rest.IndexOf(LineFeed);
            if (end < 0)
            {
                // A damaged index: it only says where to look, so what it does not say is looked for elsewhere.
                break;
            }

            found.Add(Encoding.UTF8.GetString(rest[..end]));
            rest = rest[end..];
        }

        return found;
    }

    private TrustIndex With(string line) => new((byte[])[.. _lines.Span, .. Encoding.UTF8.GetBytes(line)]);

    // Without the lines that end so.
    private TrustIndex Without(string end)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(end);
        ReadOnlySpan<byte> all = _lines.Span;
        int at = all.IndexOf(wanted);
        if (at < 0)
        {
            return this;
        }

        var kept = new List<byte>(all.Length);
        while (at >= 0)
        {
            kept.AddRange(all[..(all[..at].LastIndexOf(LineFeed) + 1)]);
            all = all[(at + wanted.Length)..];
            at = all.IndexOf(wanted);
        }

        kept.AddRange(all);
        return new TrustIndex(kept.ToArray());
    }
}
