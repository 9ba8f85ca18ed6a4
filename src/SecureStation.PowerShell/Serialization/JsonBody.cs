using System.Text;
using System.Text.Json;

namespace SecureStation.Serialization;

/// <summary>Values of System.Text.Json, as JSON text in a tagged value.</summary>
internal static class JsonBody
{
    /// <summary>The text of an element.</summary>
    /// <exception cref="FormatException">No reader would take it.</exception>
    public static string Write(JsonElement element, ref int nodes)
    {
        string text = element.GetRawText();
        Read(text, ref nodes);
        return text;
    }

    /// <summary>Reads an element.</summary>
    /// <exception cref="FormatException">It is no JSON, is deeper than 64 or has too many values.</exception>
    public static JsonElement Read(string text, ref int nodes)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            while (reader.Read())
            {
                if (++nodes > ObjectBody.MaxNodes)
                {
                    throw new FormatException($"it has more than {ObjectBody.MaxNodes} values");
                }
            }

            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException malformed)
        {
            throw new FormatException(malformed.Message, malformed);
        }
    }
}
