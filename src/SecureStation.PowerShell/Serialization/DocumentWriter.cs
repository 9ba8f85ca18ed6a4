using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;

namespace SecureStation.Serialization;

/// <summary>Writes the values that have a text format of their own: XML and JSON.</summary>
internal static class DocumentWriter
{
    /// <summary>Writes <paramref name="bare"/> if it is such a value; else writes nothing and says false.</summary>
    /// <exception cref="FormatException">No reader would take it.</exception>
    public static bool TryWrite(Utf8JsonWriter json, object bare, ref int nodes)
    {
        switch (bare)
        {
            case XmlDocument document:
                ScalarWriter.WriteTagged(json, ObjectTag.Xml, XmlBody.Write(document, ref nodes));
                return true;
            case XmlElement element:
                ScalarWriter.WriteTagged(json, ObjectTag.XmlElement, XmlBody.Write(element, ref nodes));
                return true;
            case XmlNode node:
                ScalarWriter.WriteText(json, node.OuterXml);
                return true;
            case JsonDocument document:
                ScalarWriter.WriteTagged(json, ObjectTag.Json, JsonBody.Write(document.RootElement, ref nodes));
                return true;
            case JsonElement element:
                ScalarWriter.WriteTagged(json, ObjectTag.Json, JsonBody.Write(element, ref nodes));
                return true;
            case JsonNode node:
                ScalarWriter.WriteTagged(json, ObjectTag.Json, JsonBody.Write(JsonSerializer.SerializeToElement(node), ref nodes));
                return true;
            default:
                return false;
        }
    }
}
