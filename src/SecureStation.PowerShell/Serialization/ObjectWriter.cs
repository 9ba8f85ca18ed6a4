using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecureStation.Core;

namespace SecureStation.Serialization;

/// <summary>
/// Turns a value of PowerShell into the body of an object message. Runs on the pipeline thread, because the getters of
/// PowerShell's properties may be script.
/// </summary>
internal sealed class ObjectWriter
{
    private static readonly JsonWriterOptions s_options = new()
    {
        // The body is decrypted bytes for a JSON parser, never a piece of HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = ObjectBody.MaxJsonDepth,
        SkipValidation = true,
    };

    private readonly Utf8JsonWriter _json;
    private readonly int _depth;
    private readonly WriteBudget _budget;
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);
    private readonly PropertyPath _path = new();
    private string? _cut;
    private bool _isCycle;

    private ObjectWriter(Utf8JsonWriter json, int depth, Func<bool> isStopping)
    {
        _json = json;
        _depth = depth;
        _budget = new WriteBudget(json, depth, isStopping);
    }

    /// <summary>The body for <paramref name="value"/>.</summary>
    /// <param name="value">Anything; its PSObject, if it has one, with the members that PowerShell has added.</param>
    /// <param name="depth">How many levels below the top are written as what they are; deeper ones as text.</param>
    /// <param name="isStopping">Asked often; true ends the work with a <see cref="PipelineStoppedException"/>.</param>
    /// <param name="warning">What became text because it lies too deep or holds itself; null where nothing did.</param>
    /// <exception cref="SecretException">The value holds a secret that must not travel unnoticed.</exception>
    /// <exception cref="StationException"><see cref="StationFault.MessageTooLarge"/>, or <see cref="StationFault.InvalidArgument"/> for values that no peer would take and objects that fail while they are read.</exception>
    public static ReadOnlyMemory<byte> Write(object? value, int depth, Func<bool> isStopping, out string? warning)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, s_options);
        var writer = new ObjectWriter(json, depth, isStopping);
        json.WriteStartObject();
        try
        {
            writer.WriteTypes(value is not null && IsObject(ValueForms.Unwrap(value)) ? TypeNames(value) : []);
            json.WritePropertyName(ObjectBody.Value);
            writer.WriteValue(value, 0);
        }
        catch (FormatException refused)
        {
            throw new StationException(StationFault.InvalidArgument, $"The object cannot be sent: {refused.Message}{writer._path.Where}.", refused);
        }
        catch (Exception failure) when (failure is not (StationException or SecretException or PipelineStoppedException or OutOfMemoryException))
        {
            // A collection that fails while it is walked, or an adapter. Half a list must not pass for the whole.
            throw new StationException(StationFault.InvalidArgument, $"The object cannot be sent, because it fails while it is read{writer._path.Where}: {failure.Message}", failure);
        }

        json.WriteEndObject();
        json.Flush();
        warning = writer.Warning();
        return buffer.WrittenMemory;
    }

    // The path is not left where something throws: the message says where that was.
    private void WriteValue(object? value, int level)
    {
        _budget.Count(1);
        object? bare = ValueForms.Unwrap(value);
        if (ValueForms.IsNull(bare))
        {
            _json.WriteNullValue();
            return;
        }

        if (ValueForms.IsSecret(bare!))
        {
            throw new SecretException(bare!.GetType(), _path.Where);
        }

        // Members that were added to an object are among its properties; on anything else they go beside it.
        if (ValueForms.ReceivedEnum(value) is null && level <= _depth + 1 && !IsObject(bare) && ValueForms.AddedMembers(value) is { Count: > 0 } added)
        {
            _json.WriteStartObject();
            _json.WriteString(ObjectBody.Tag, ObjectTag.Members);
            _json.WritePropertyName(ObjectBody.Value);
            WriteBare(value!, bare!, level);
            _json.WritePropertyName(ObjectBody.Members);
            WriteProperties(added, level);
            _json.WriteEndObject();
            return;
        }

        WriteBare(value!, bare!, level);
    }

    private void WriteBare(object value, object bare, int level)
    {
        if (ValueForms.ReceivedEnum(value) is { } type)
        {
            object number = ((PSObject)value).Properties[ObjectBody.EnumNumber].Value;
            ScalarWriter.WriteEnum(_json, (string)bare, Convert.ToString(number, CultureInfo.InvariantCulture) ?? "", type);
        }
        else if (ValueForms.TryBytes(bare, out ReadOnlyMemory<byte> bytes))
        {
            ScalarWriter.WriteBytes(_json, bytes.Span);
        }
        else if (ScalarWriter.TryWrite(_json, bare) || DocumentWriter.TryWrite(_json, bare, ref _budget.Nodes))
        {
            // It is no container.
        }
        else if (ValueForms.IsText(bare))
        {
            ScalarWriter.WriteText(_json, ValueForms.Text(value));
        }
        else if (level > _depth || !_open.Add(bare))
        {
            // The top level is always written as what it is; -Depth 0 writes its members as text.
            _isCycle |= _cut is null && level <= _depth;
            _cut ??= _path.ToString();
            ScalarWriter.WriteText(_json, ValueForms.Text(value));
        }
        else
        {
            WriteContainer(value, bare, level);
            _open.Remove(bare);
        }
    }

    private void WriteContainer(object value, object bare, int level)
    {
        switch (bare)
        {
            case Array { Rank: > 1 } array:
                WriteArray(array, level);
                break;

            case IEnumerable when ValueForms.TryEntries(bare, out IEnumerable<(object Key, object? Value)> entries, out bool isOrdered):
                new MapWriter(_json, _path, _budget.Count, WriteValue).Write(entries, isOrdered, level);
                break;

            case IEnumerable list:
                WriteList(list, level);
                break;

            // What it counts off is in none of its properties, and reading it would use it up.
            case IEnumerator:
                throw new FormatException("an enumerator can be read only once; send the collection itself, or @($enumerator)");

            default:
                WriteObject(PSObject.AsPSObject(value), level);
                break;
        }
    }

    // {"$":"array","lengths":[2,3],"value":[…]}
    private void WriteArray(Array array, int level)
    {
        _json.WriteStartObject();
        _json.WriteString(ObjectBody.Tag, ObjectTag.Array);
        _json.WritePropertyName(ObjectBody.Lengths);
        ArrayShape.Write(_json, array);
        _json.WritePropertyName(ObjectBody.Value);
        WriteList(array, level);
        _json.WriteEndObject();
    }

    private void WriteList(IEnumerable list, int level)
    {
        _json.WriteStartArray();
        int index = 0;
        foreach (object? item in list)
        {
            _path.Enter(index++);
            WriteValue(item, level + 1);
            _path.Leave();
        }

        _json.WriteEndArray();
    }

    // {…}, or {"$":"object","types":[…],"text":"…","value":{…}} where there is more to say than the properties do
    private void WriteObject(PSObject value, int level)
    {
        string? text = ValueForms.OwnText(value);

        // The names at the top stand in the body; those that every property bag has say nothing.
        string[] types = level == 0 || (value.BaseObject is PSCustomObject && value.TypeNames.Count == 2) ? [] : TypeNames(value);
        bool isTagged = text is not null || types.Length > 0;
        if (isTagged)
        {
            _budget.Count(types.Length);
            _json.WriteStartObject();
            _json.WriteString(ObjectBody.Tag, ObjectTag.Object);
            WriteTypes(types);
            _json.WritePropertyName(ObjectBody.Text);
            if (text is null)
            {
                _json.WriteNullValue();
            }
            else
            {
                ScalarWriter.WriteText(_json, text);
            }

            _json.WritePropertyName(ObjectBody.Value);
        }

        WriteProperties(value.Properties, level);
        if (isTagged)
        {
            _json.WriteEndObject();
        }
    }

    private void WriteProperties(IEnumerable<PSPropertyInfo> properties, int level)
    {
        _json.WriteStartObject();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (PSPropertyInfo property in properties)
        {
            if (!property.IsGettable || !names.Add(property.Name))
            {
                continue;
            }

            _path.Enter(property.Name);
            if (ObjectBody.IsReserved(property.Name))
            {
                throw new FormatException("PowerShell has a member of that name in every object");
            }

            object? content = ReadProperty(property);

            // So that a property called $ is no tag: the reader takes one $ away again.
            _json.WritePropertyName(ScalarWriter.RequireWellFormed(property.Name[0] == '$' ? ObjectBody.Tag + property.Name : property.Name));
            WriteValue(content, level + 1);
            _path.Leave();
        }

        _json.WriteEndObject();
    }

    // A getter that throws has no value; the rest of the object is still worth sending.
    private static object? ReadProperty(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (Exception failure) when (failure is not (PipelineStoppedException or OutOfMemoryException or StackOverflowException))
        {
            return null;
        }
    }

    private void WriteTypes(string[] names)
    {
        _json.WriteStartArray(ObjectBody.Types);
        foreach (string name in names)
        {
            _json.WriteStringValue(name);
        }

        _json.WriteEndArray();
    }

    private static string[] TypeNames(object value) => [.. PSObject.AsPSObject(value).TypeNames.Where(ObjectBody.IsTypeName).Take(ObjectBody.MaxTypes)];

    private string? Warning() => _cut is null ? null
        : _isCycle ? $"'{_cut}' holds an object that it is itself part of. That one is sent as text."
        : string.Create(CultureInfo.InvariantCulture, $"'{_cut}' lies deeper than -Depth {_depth} and is sent as text, and so is all that lies as deep.");

    private static bool IsObject(object? bare) => bare is not null
        && !ValueForms.IsNull(bare) && !ScalarWriter.IsScalar(bare) && bare is not (IEnumerable or JsonDocument or JsonElement or JsonNode) && !ValueForms.IsText(bare) && !ValueForms.TryBytes(bare, out _);
}
