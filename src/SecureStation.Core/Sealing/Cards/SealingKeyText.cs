using System.Globalization;
using System.Security.Cryptography;
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

    // More than the comments before the keys and those of one key with its two lines take.
    private const int RoomForComments = 512;
    private const int RoomForKey = 512;

    /// <summary>The text, which the caller zeroes.</summary>
    public static byte[] Write(StationSealingKeys keys)
    {
        byte[] buffer = new byte[RoomForComments + (keys.Keys.Count * RoomForKey)];
        int length = Append(buffer, 0, $"{First}\n# identity {keys.Fingerprint}\n# box {keys.Box}\n");
        length = Append(buffer, length, string.Create(CultureInfo.InvariantCulture, $"# last {keys.LastSerial}\n# complete {(keys.IsComplete ? "yes" : "no")}\n"));
        foreach (StationSealingKey key in keys.Keys)
        {
            length = Append(buffer, length, string.Create(CultureInfo.InvariantCulture, $"# serial {key.Serial} made {key.Made.ToUnixTimeMilliseconds()} until {key.Until.ToUnixTimeMilliseconds()}\n"));
            length = AppendSecret(buffer, length, key.Hybrid.ExportChars());
            length = AppendSecret(buffer, length, key.X25519.ExportChars());
        }

        byte[] text = buffer[..length];
        CryptographicOperations.ZeroMemory(buffer);
        return text;
    }

    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    public static StationSealingKeys Read(string path, byte[] bytes)
    {
        char[] text = Encoding.ASCII.GetChars(bytes);
        try
        {
            var lines = new SecretLines(text);
            Require(Next(ref lines).SequenceEqual(First));
            Fingerprint identity = Fingerprint.Parse(Value(Next(ref lines).ToString(), "identity"));
            string box = Value(Next(ref lines).ToString(), "box");
            Require(BoxName.IsValid(box));
            long last = Number(Value(Next(ref lines).ToString(), "last"));
            bool isComplete = Value(Next(ref lines).ToString(), "complete") == "yes";
            var keys = new List<StationSealingKey>();
            while (lines.TryNext(out ReadOnlySpan<char> line))
            {
                keys.Add(ReadKey(line.ToString(), ref lines));
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
        finally
        {
            Array.Clear(text);
        }
    }

    private static StationSealingKey ReadKey(string comment, ref SecretLines lines)
    {
        string[] words = comment.Split(' ');
        Require(words is ["#", "serial", _, "made", _, "until", _]);
        return new StationSealingKey(
            Number(words[2]),
            DateTimeOffset.FromUnixTimeMilliseconds(Number(words[4])),
            DateTimeOffset.FromUnixTimeMilliseconds(Number(words[6])),
            HybridIdentity.Parse(Next(ref lines)),
            X25519Identity.Parse(Next(ref lines)));
    }

    private static int Append(byte[] buffer, int at, ReadOnlySpan<char> text) => at + Encoding.ASCII.GetBytes(text, buffer.AsSpan(at));

    private static int AppendSecret(byte[] buffer, int at, char[] line)
    {
        at = Append(buffer, at, line);
        Array.Clear(line);
        buffer[at] = (byte)'\n';
        return at + 1;
    }

    private static ReadOnlySpan<char> Next(ref SecretLines lines) => lines.TryNext(out ReadOnlySpan<char> line) ? line : throw new FormatException("A line is missing.");

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
