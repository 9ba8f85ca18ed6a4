using System.Text.Json;
using SecureStation.Core;

namespace SecureStation.Serialization;

/// <summary>
/// Writes what holds values under keys: <c>{"$":"hashtable","value":{"name":…}}</c>, and as pairs, <c>[[5,…],…]</c>, where a key is no text.
/// </summary>
internal sealed class MapWriter(Utf8JsonWriter json, PropertyPath path, Action<int> count, Action<object?, int> writeValue)
{
    /// <summary>Writes the entries.</summary>
    /// <exception cref="FormatException">A key is an object, or there twice as PowerShell compares keys.</exception>
    /// <exception cref="StationException"><see cref="StationFault.MessageTooLarge"/></exception>
    public void Write(IEnumerable<(object Key, object? Value)> entries, bool isOrdered, int level)
    {
        var rows = new List<(object Key, object? Value)>();
        foreach ((object key, object? value) in entries)
        {
            rows.Add((ToKey(key), value));

            // Counted again one by one below; this only ends a map without end.
            if (rows.Count > ObjectBody.MaxNodes)
            {
                count(ObjectBody.MaxNodes);
            }
        }

        bool isText = rows.TrueForAll(static row => row.Key is string);
        var keys = new HashSet<object>(MapKeys.Comparer);
        json.WriteStartObject();
        json.WriteString(ObjectBody.Tag, isOrdered ? ObjectTag.Ordered : ObjectTag.Hashtable);
        json.WritePropertyName(ObjectBody.Value);
        Begin(isText);
        foreach ((object key, object? value) in rows)
        {
            path.Enter(key.ToString()!);
            if (!keys.Add(key))
            {
                throw new FormatException("PowerShell holds two keys of a map for the same");
            }

            WriteRow(key, value, isText, level);
            path.Leave();
        }

        End(isText);
        json.WriteEndObject();
    }

    private void WriteRow(object key, object? value, bool isText, int level)
    {
        if (isText)
        {
            json.WritePropertyName(ScalarWriter.RequireWellFormed((string)key));
            writeValue(value, level + 1);
            return;
        }

        count(1);
        json.WriteStartArray();
        ScalarWriter.TryWrite(json, key);
        writeValue(value, level + 1);
        json.WriteEndArray();
    }

    private void Begin(bool isText)
    {
        if (isText)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartArray();
        }
    }

    private void End(bool isText)
    {
        if (isText)
        {
            json.WriteEndObject();
        }
        else
        {
            json.WriteEndArray();
        }
    }

    // An enum travels as its name, since the type is not looked up at the other end.
    private static object ToKey(object key)
    {
        object bare = ValueForms.Unwrap(key)!;
        return bare is Enum || ValueForms.IsText(bare) ? ValueForms.Text(key)
            : MapKeys.IsKey(bare) ? bare
            : throw new FormatException($"a map has a key that is a {bare.GetType().Name}, neither text nor number nor the like: '{ValueForms.Text(key)}'");
    }
}
