using System.Text.Json;

namespace SecureStation.Fuzz.Targets;

/// <summary>The repository's own vectors, tests/vectors, from wherever the program runs.</summary>
internal static class VectorFiles
{
    /// <summary>The texts of a member, however deep it lies in the file; none where the file is missing.</summary>
    public static IEnumerable<string> Texts(string file, string member)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "tests", "vectors", file);
            if (File.Exists(path))
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
                return [.. Find(document.RootElement, member)];
            }
        }

        return [];
    }

    private static IEnumerable<string> Find(JsonElement element, string member) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Find(item, member)).ToArray(),
        JsonValueKind.Object => element.EnumerateObject()
            .SelectMany(property => property.Name == member && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : Find(property.Value, member))
            .ToArray(),
        _ => [],
    };
}
