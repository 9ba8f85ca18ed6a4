using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Unicode;

namespace SecureStation.Serialization;

/// <summary>
/// Turns the body of an object message, which a peer chose, into values of PowerShell. Nothing in it becomes a live type:
/// objects are PSCustomObjects whose type names begin with <c>Deserialized.</c>
/// </summary>
internal static class ObjectReader
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = ObjectBody.MaxJsonDepth };
    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = ObjectBody.MaxJsonDepth };

    /// <summary>Reads a body. Never throws.</summary>
    /// <param name="body">The bytes of the message.</param>
    /// <param name="value">The value; null if the body is malformed, and also if it is the value null.</param>
    /// <returns>Whether the body is what its kind says.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> body, out object? value)
    {
        value = null;
        if (!Utf8.IsValid(body.Span))
        {
            return false;
        }

        try
        {
            RequireFewNodes(body.Span);
            using var document = JsonDocument.Parse(body, DocumentOptions);
            value = ReadBody(document.RootElement);
            return true;
        }
        catch (Exception failure) when (failure is JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException or KeyNotFoundException or ExtendedTypeSystemException)
        {
            return false;
        }
    }

    // Before the document is built, because that takes a multiple of the body's memory.
    private static void RequireFewNodes(ReadOnlySpan<byte> body)
    {
        // A tagged value, and the body itself, has members that are no values of their own: the text of the kind, at most three more.
        const int MaxTokens = (ObjectBody.MaxNodes * 4) + ObjectBody.MaxTypes + 4;
        var reader = new Utf8JsonReader(body, ReaderOptions);
        int tokens = 0;
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndArray or JsonTokenType.EndObject) && ++tokens > MaxTokens)
            {
                throw new FormatException("Too many values.");
            }
        }
    }

    private static object? ReadBody(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || root.GetPropertyCount() != 2)
        {
            throw new FormatException("A body is an object of types and value.");
        }

        List<string> types = ReadTypes(root.GetProperty(ObjectBody.Types));
        int nodes = 0;
        object? value = ReadValue(root.GetProperty(ObjectBody.Value), 1, ref nodes);
        if (types.Count > 0 && value is PSObject { BaseObject: PSCustomObject } result)
        {
            result.TypeNames.Clear();
            types.ForEach(result.TypeNames.Add);
        }

        return value;
    }

    private static List<string> ReadTypes(JsonElement array)
    {
        if (array.GetArrayLength() > ObjectBody.MaxTypes)
        {
            throw new FormatException("Too many type names.");
        }

        var types = new List<string>();
        foreach (JsonElement element in array.EnumerateArray())
        {
            string name = element.GetString() ?? "";
            if (!ObjectBody.IsTypeName(name))
            {
                throw new FormatException("A type name is none.");
            }

            types.Add(ObjectBody.TypePrefix + name);
        }

        return types;
    }

    private static object? ReadValue(JsonElement element, int depth, ref int nodes)
    {
        if (++nodes > ObjectBody.MaxNodes)
        {
            throw new FormatException("Too many values.");
        }

        return element.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => ScalarReader.Number(element),
            JsonValueKind.Array => ReadList(element, Inside(depth), ref nodes),
            _ => ReadBraces(element, depth, ref nodes),
        };
    }

    private static object?[] ReadList(JsonElement array, int depth, ref int nodes)
    {
        var list = new object?[array.GetArrayLength()];
        int next = 0;
        foreach (JsonElement element in array.EnumerateArray())
        {
            list[next++] = ReadValue(element, depth + 1, ref nodes);
        }

        return list;
    }

    private static object ReadBraces(JsonElement element, int depth, ref int nodes)
    {
        foreach (JsonProperty first in element.EnumerateObject())
        {
            if (first.NameEquals(ObjectBody.Tag))
            {
                return ReadTagged(element, first.Value.GetString() ?? "", depth, ref nodes);
            }

            break;
        }

        return ReadObject(element, Inside(depth), ref nodes);
    }

    private static object ReadTagged(JsonElement element, string tag, int depth, ref int nodes)
    {
        int members = tag == ObjectTag.Enum ? 4 : 2;
        if (element.GetPropertyCount() != members)
        {
            throw new FormatException("A tagged value has a member too many or too few.");
        }

        JsonElement content = element.GetProperty(ObjectBody.Value);
        return tag switch
        {
            ObjectTag.Hashtable => ReadMap(content, new Hashtable(StringComparer.OrdinalIgnoreCase), Inside(depth), ref nodes),
            ObjectTag.Ordered => ReadMap(content, new OrderedDictionary(StringComparer.OrdinalIgnoreCase), Inside(depth), ref nodes),
            ObjectTag.Enum => ScalarReader.Enumeration(
                Text(content),
                Text(element.GetProperty("number")),
                Text(element.GetProperty("type"))),
            _ => ScalarReader.Tagged(tag, Text(content)),
        };
    }

    private static IDictionary ReadMap(JsonElement braces, IDictionary map, int depth, ref int nodes)
    {
        foreach (JsonProperty member in braces.EnumerateObject())
        {
            // Add throws where the key is there already, also in other case.
            map.Add(member.Name, ReadValue(member.Value, depth + 1, ref nodes));
        }

        return map;
    }

    private static PSObject ReadObject(JsonElement braces, int depth, ref int nodes)
    {
        // With the count known, PSObject does not grow its table member by member.
        var result = new PSObject();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonProperty member in braces.EnumerateObject())
        {
            string name = member.Name.StartsWith("$$", StringComparison.Ordinal) ? member.Name[1..] : member.Name;
            if (ObjectBody.IsReserved(name) || !names.Add(name))
            {
                throw new FormatException("A property's name is reserved, empty or there twice.");
            }

            result.Properties.Add(new PSNoteProperty(name, ReadValue(member.Value, depth + 1, ref nodes)));
        }

        return result;
    }

    private static int Inside(int depth) => depth <= ObjectBody.MaxDepth
        ? depth
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"More than {ObjectBody.MaxDepth} values stand in one another."));

    private static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException("A tagged value holds no text.");
}
