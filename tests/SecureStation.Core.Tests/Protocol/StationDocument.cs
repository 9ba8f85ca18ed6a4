using System.Text.RegularExpressions;

namespace SecureStation.Core.Tests.Protocol;

/// <summary>docs/protocol/station-1.md and the example in its appendix.</summary>
internal static partial class StationDocument
{
    private const string Begin = "<!-- example: begin -->\n";
    private const string End = "<!-- example: end -->";

    public static string FilePath => Path.Combine(SharedFolder.RepositoryRoot(), "docs", "protocol", "station-1.md");

    /// <summary>The blocks of hexadecimal digits, by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> ReadBlocks() => Block().Matches(File.ReadAllText(FilePath)).ToDictionary(
        static match => match.Groups["name"].Value,
        static match => Convert.FromHexString(string.Concat(match.Groups["digits"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));

    /// <summary>The example as the document has it.</summary>
    public static string ReadExample()
    {
        string text = File.ReadAllText(FilePath);
        return text[(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..text.IndexOf(End, StringComparison.Ordinal)];
    }

    /// <summary>The document with another example.</summary>
    public static string WithExample(string example)
    {
        string text = File.ReadAllText(FilePath);
        return text[..(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + example + text[text.IndexOf(End, StringComparison.Ordinal)..];
    }

    /// <summary>A block of the document.</summary>
    public static string Format(string name, ReadOnlySpan<byte> bytes) =>
        $"```hex {name}\n{string.Join('\n', Convert.ToHexStringLower(bytes).Chunk(64).Select(static line => new string(line)))}\n```\n";

    [GeneratedRegex(@"^```hex (?<name>\S+)\n(?<digits>[0-9a-f\s]*?)```$", RegexOptions.Multiline)]
    private static partial Regex Block();
}
