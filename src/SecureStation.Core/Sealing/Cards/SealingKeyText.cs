using System.Globalization;
using System.Text;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>
/// Sealing keys as text: a file of identities that age reads too (<c>age -d -i</c>); what is ours stands in comments, whose order is fixed:
/// <code>
/// # SecureStation sealing keys 1
/// # identity SHA256:…
/// # box 32 characters
/// # last 1764316800000                                         the highest serial of any card
/// # complete yes                                               no: some were removed, or this is a copy
///                                                              for each key, the newest first:
/// # serial 1764316800000 made 1764316800000 until 1772092800000
/// AGE-SECRET-KEY-PQ-1…
/// AGE-SECRET-KEY-1…
/// </code>
/// Lines end in a line feed; times are Unix milliseconds.
/// </summary>
internal static class SealingKeyText
{
    private const string First = "# SecureStation sealing keys 1";

    public static byte[] Write(StationSealingKeys keys)
    {
        var text = new StringBuilder();
        text.Append(First).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"# identity {keys.Fingerprint}\n# box {keys.Box}\n# last {keys.LastSerial}\n# complete {(keys.IsComplete ? "yes" : "no")}\n");
        foreach (StationSealingKey key in keys.Keys)
        {
            text.Append(CultureInfo.InvariantCulture, $"# serial {key.Serial} made {key.Made.ToUnixTimeMilliseconds()} until {key.Until.ToUnixTimeMilliseconds()}\n");
            text.Append(key.Hybrid.ExportText()).Append('\n');
            text.Append(key.X25519.ExportText()).Append('\n');
        }

        byte[] bytes = new byte[text.Length];
        int position = 0;
        foreach (ReadOnlyMemory<char> chunk in text.GetChunks())
        {
            position += Encoding.ASCII.GetBytes(chunk.Span, bytes.AsSpan(position));
        }

        text.Clear();
        return bytes;
    }

    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    public static StationSealingKeys Read(string path, byte[] bytes)
    {
        var lines = new Queue<string>(Encoding.ASCII.GetString(bytes).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        try
        {
            Require(Next(lines) == First);
            Fingerprint identity = Fingerprint.Parse(Value(Next(lines), "identity"));
            string box = Value(Next(lines), "box");
            Require(BoxName.IsValid(box));
            long last = Number(Value(Next(lines), "last"));
            bool isComplete = Value(Next(lines), "complete") == "yes";
            var keys = new List<StationSealingKey>();
            while (lines.Count > 0)
            {
                keys.Add(ReadKey(lines));
            }

            return new StationSealingKeys(identity, box, last, isComplete, keys);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            throw Malformed(path, e);
        }
        catch (StationException e)
        {
            throw Malformed(path, e);
        }
    }

    private static StationSealingKey ReadKey(Queue<string> lines)
    {
        string[] words = Next(lines).Split(' ');
        Require(words is ["#", "serial", _, "made", _, "until", _]);
        return new StationSealingKey(
            Number(words[2]),
            DateTimeOffset.FromUnixTimeMilliseconds(Number(words[4])),
            DateTimeOffset.FromUnixTimeMilliseconds(Number(words[6])),
            HybridIdentity.Parse(Next(lines)),
            X25519Identity.Parse(Next(lines)));
    }

    private static string Next(Queue<string> lines) => lines.TryDequeue(out string? line) ? line : throw new FormatException("A line is missing.");

    private static string Value(string line, string name)
    {
        string start = $"# {name} ";
        Require(line.StartsWith(start, StringComparison.Ordinal));
        return line[start.Length..];
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new FormatException("A line is not as it should be.");
        }
    }

    private static StationException Malformed(string path, Exception e) =>
        KeyErrors.Invalid($"'{path}' is no file of sealing keys, or a damaged one.", e, StationSubject.SealingKey);
}
