using System.Text.Json;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>A file of Noise vectors in cacophony's form: <c>{"vectors":[…]}</c>, whatever it is called.</summary>
internal static class NoiseFile
{
    /// <summary>Whether a file has that form and no hybrid patterns. Other sets may lie beside it.</summary>
    public static bool IsOne(string path)
    {
        if (WycheproofFile.IsOne(path) || Path.GetExtension(path) is not (".json" or ".txt"))
        {
            return false;
        }

        try
        {
            using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
            return file.RootElement.ValueKind == JsonValueKind.Object
                && file.RootElement.TryGetProperty("vectors", out JsonElement vectors)
                && vectors.ValueKind == JsonValueKind.Array
                && vectors.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first
                && first.TryGetProperty("messages", out _)
                && first.TryGetProperty("protocol_name", out JsonElement name)
                && !name.GetString()!.Contains("hfs", StringComparison.Ordinal);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
