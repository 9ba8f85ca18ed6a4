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
internal sealed class ObjectReader
{
    private static readonly JsonReaderOptions s_readerOptions = new() { MaxDepth = ObjectBody.MaxJsonDepth };
    private static readonly JsonDocumentOptions s_documentOptions = new() { MaxDepth = ObjectBody.MaxJsonDepth };

    // One text for each name, however many objects have it.
    private readonly Dictionary<string, string> _typeNames = [];
    private int _nodes;

    private ObjectReader()
    {
    }

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
            using var document = JsonDocument.Parse(body, s_documentOptions);
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
        // A tagged value has members that are no values of their own: the text of the kind, its list or pair, at most three more, and
        // so once again for what was added to it.
        const int MaxTokens = (ObjectBody.MaxNodes * 8) + ObjectBody.MaxTypes + 4;
        var reader = new Utf8JsonReader(body, s_readerOptions);
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

        var reader = new ObjectReader();
        List<string> types = reader.ReadTypes(root.GetProperty(ObjectBody.Types));
        object? value = reader.ReadValue(root.GetProperty(ObjectBody.Value), 1);
        Name(value, types);
        return value;
    }

    private static void Name(object? value, List<string> types)
    {
        if (types.Count > 0 && value is PSObject { BaseObject: PSCustomObject } result)
        {
            result.TypeNames.Clear();
            types.ForEach(result.TypeNames.Add);
        }
    }

    private List<string> ReadTypes(JsonElement array)
    {
        if (array.GetArrayLength() > ObjectBody.MaxTypes)
        {
            throw new FormatException("Too many type names.");
        }

        var types = new List<string>();
        foreach (JsonElement element in array.EnumerateArray())
        {
            string name = element.GetString() ?? "";
            if (!_typeNames.TryGetValue(name, out string? received))
            {
                received = ObjectBody.IsTypeName(name) ? ObjectBody.Received(name) : throw new FormatException("A type name is none.");
                _typeNames.Add(name, received);
            }

            types.Add(received);
        }

        return types;
    }

    private object? ReadValue(JsonElement element, int depth)
    {
        Count(1);
        return element.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => ScalarReader.Number(element),
            JsonValueKind.Array => ReadList(element, Inside(depth)),
            _ => ReadBraces(element, depth),
        };
    }

    private object?[] ReadList(JsonElement array, int depth)
    {
        var list = new object?[array.GetArrayLength()];
        int next = 0;
        foreach (JsonElement element in array.EnumerateArray())
        {
            list[next++] = ReadValue(element, depth + 1);
        }

        return list;
    }

    private object ReadBraces(JsonElement element, int depth)
    {
        foreach (JsonProperty first in element.EnumerateObject())
        {
            if (first.NameEquals(ObjectBody.Tag))
            {
                return ReadTagged(element, first.Value.GetString() ?? "", depth);
            }

            break;
        }

        return ReadObject(element, Inside(depth));
    }

    private object ReadTagged(JsonElement element, string tag, int depth)
    {
        int members = tag switch
        {
            ObjectTag.Enum or ObjectTag.Object => 4,
            ObjectTag.Array or ObjectTag.Members => 3,
            _ => 2,
        };
        if (element.GetPropertyCount() != members)
        {
            throw new FormatException("A tagged value has a member too many or too few.");
        }

        JsonElement content = element.GetProperty(ObjectBody.Value);
        return tag switch
        {
            ObjectTag.Hashtable => ReadMap(content, new Hashtable(StringComparer.OrdinalIgnoreCase), Inside(depth)),
            ObjectTag.Ordered => ReadMap(content, new OrderedDictionary(StringComparer.OrdinalIgnoreCase), Inside(depth)),
            ObjectTag.Array => ArrayShape.Fill(ReadList(content, Inside(depth)), element.GetProperty(ObjectBody.Lengths)),
            ObjectTag.Object => ReadNamed(content, element, Inside(depth)),
            ObjectTag.Members => ReadMembers(content, element.GetProperty(ObjectBody.Members), depth),
            ObjectTag.Xml => XmlBody.Read(Text(content), ref _nodes),
            ObjectTag.XmlElement => (object?)XmlBody.Read(Text(content), ref _nodes).DocumentElement ?? throw new FormatException("There is no element."),
            ObjectTag.Json => JsonBody.Read(Text(content), ref _nodes),
            ObjectTag.Enum => ScalarReader.Enumeration(
                Text(content),
                Text(element.GetProperty("number")),
                Text(element.GetProperty("type"))),
            _ => ScalarReader.Tagged(tag, Text(content)),
        };
    }

    // {"name":…}, or [[key,…],…]
    private IDictionary ReadMap(JsonElement content, IDictionary map, int depth)
    {
        // Add throws where the key is there already, also in other case.
        if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement pair in content.EnumerateArray())
            {
                object? key = pair.GetArrayLength() == 2 ? ReadValue(pair[0], depth + 1) : null;
                map.Add(MapKeys.IsKey(key) ? key! : throw new FormatException("A key is none."), ReadValue(pair[1], depth + 1));
            }

            return map;
        }

        foreach (JsonProperty member in content.EnumerateObject())
        {
            map.Add(member.Name, ReadValue(member.Value, depth + 1));
        }

        return map;
    }

    private PSObject ReadNamed(JsonElement content, JsonElement element, int depth)
    {
        List<string> types = ReadTypes(element.GetProperty(ObjectBody.Types));
        Count(types.Count);
        JsonElement text = element.GetProperty(ObjectBody.Text);
        PSObject result = ReadObject(content, depth);
        Name(result, types);
        if (text.ValueKind != JsonValueKind.Null)
        {
            result.Members.Add(new ReceivedText(Text(text)));
        }

        return result;
    }

    // What was added to a text, a number, a list or a map.
    private PSObject ReadMembers(JsonElement content, JsonElement members, int depth)
    {
        object value = ReadValue(content, depth) is { } some and not PSObject { BaseObject: PSCustomObject }
            ? some
            : throw new FormatException("Members can be added to no such value.");
        var result = new PSObject(value);
        foreach (PSPropertyInfo member in ReadObject(members, Inside(depth)).Properties)
        {
            result.Properties.Add(member.Copy() as PSPropertyInfo);
        }

        return result;
    }

    private PSObject ReadObject(JsonElement braces, int depth)
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

            result.Properties.Add(new PSNoteProperty(name, ReadValue(member.Value, depth + 1)));
        }

        return result;
    }

    private void Count(int nodes)
    {
        if ((_nodes += nodes) > ObjectBody.MaxNodes)
        {
            throw new FormatException("Too many values.");
        }
    }

    private static int Inside(int depth) => depth <= ObjectBody.MaxDepth
        ? depth
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"More than {ObjectBody.MaxDepth} values stand in one another."));

    private static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException("A tagged value holds no text.");
}
