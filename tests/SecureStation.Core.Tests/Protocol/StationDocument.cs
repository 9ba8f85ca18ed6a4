using System.Text.RegularExpressions;

namespace SecureStation.Core.Tests.Protocol;

/// <summary>docs/protocol/station-1.md and the examples in its appendixes.</summary>
internal static partial class StationDocument
{
    public static string FilePath => Path.Combine(SharedFolder.RepositoryRoot(), "docs", "protocol", "station-1.md");

    /// <summary>The blocks of hexadecimal digits, by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> ReadBlocks() => Block().Matches(File.ReadAllText(FilePath)).ToDictionary(
        static match => match.Groups["name"].Value,
        static match => Convert.FromHexString(string.Concat(match.Groups["digits"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));

    /// <summary>An example as the document has it.</summary>
    public static string ReadExample(ExampleSession example)
    {
        string text = File.ReadAllText(FilePath);
        return text[PlaceOf(example, text)];
    }

    /// <summary>The document with another text of an example.</summary>
    public static string WithExample(ExampleSession example, string described)
    {
        string text = File.ReadAllText(FilePath);
        Range place = PlaceOf(example, text);
        return text[..place.Start] + described + text[place.End..];
    }

    /// <summary>A block of the document.</summary>
    public static string Format(string name, ReadOnlySpan<byte> bytes) =>
        $"```hex {name}\n{string.Join('\n', Convert.ToHexStringLower(bytes).Chunk(64).Select(static line => new string(line)))}\n```\n";

    private static Range PlaceOf(ExampleSession example, string text)
    {
        string begin = $"<!-- {example.Prefix}example: begin -->\n";
        return (text.IndexOf(begin, StringComparison.Ordinal) + begin.Length)..text.IndexOf($"<!-- {example.Prefix}example: end -->", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^```hex (?<name>\S+)\n(?<digits>[0-9a-f\s]*?)```$", RegexOptions.Multiline)]
    private static partial Regex Block();
}
