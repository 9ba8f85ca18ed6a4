using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Reflection;
using System.Security;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecureStation.Core;

namespace SecureStation.Serialization;

/// <summary>
/// Turns a value of PowerShell into the body of an object message. Runs on the pipeline thread, because the getters of
/// PowerShell's properties may be script.
/// </summary>
internal sealed class ObjectWriter
{
    // A body beyond the largest message that any station takes by default is not worth finishing.
    private const int MaxBytes = 64 << 20;

    private static readonly JsonWriterOptions Options = new()
    {
        // The body is decrypted bytes for a JSON parser, never a piece of HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = ObjectBody.MaxJsonDepth,
        SkipValidation = true,
    };

    private readonly Utf8JsonWriter _json;
    private readonly int _depth;
    private readonly Func<bool> _isStopping;
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);
    private int _nodes;

    private ObjectWriter(Utf8JsonWriter json, int depth, Func<bool> isStopping)
    {
        _json = json;
        _depth = depth;
        _isStopping = isStopping;
    }

    /// <summary>The body for <paramref name="value"/>.</summary>
    /// <param name="value">Anything; its PSObject, if it has one, with the members that PowerShell has added.</param>
    /// <param name="depth">How many levels below the top are written as what they are; deeper ones as text.</param>
    /// <param name="isStopping">Asked often; true ends the work with a <see cref="PipelineStoppedException"/>.</param>
    /// <exception cref="SecretException">The value holds a secret that must not travel unnoticed.</exception>
    /// <exception cref="StationException"><see cref="StationFault.MessageTooLarge"/>, or <see cref="StationFault.InvalidArgument"/> for names that no peer would take and objects that fail while they are read.</exception>
    public static ReadOnlyMemory<byte> Write(object? value, int depth, Func<bool> isStopping)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, Options);
        var writer = new ObjectWriter(json, depth, isStopping);
        json.WriteStartObject();
        try
        {
            writer.WriteTypes(value);
            json.WritePropertyName(ObjectBody.Value);
            writer.WriteValue(value, 0);
        }
        catch (Exception failure) when (failure is not (StationException or SecretException or PipelineStoppedException or OutOfMemoryException))
        {
            // A collection that fails while it is walked, or an adapter. Half a list must not pass for the whole.
            throw new StationException(StationFault.InvalidArgument, $"The object cannot be sent, because it fails while it is read: {failure.Message}", failure);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    // Only objects carry type names: what a scalar, list or map is, its form says.
    private void WriteTypes(object? value)
    {
        _json.WriteStartArray(ObjectBody.Types);
        if (value is not null && IsObject(Unwrap(value)))
        {
            int count = 0;
            foreach (string name in PSObject.AsPSObject(value).TypeNames)
            {
                if (ObjectBody.IsTypeName(name) && count++ < ObjectBody.MaxTypes)
                {
                    _json.WriteStringValue(name);
                }
            }
        }

        _json.WriteEndArray();
    }

    private void WriteValue(object? value, int level)
    {
        Count();
        object? bare = Unwrap(value);
        switch (bare)
        {
            case null or DBNull:

            // What every PSDrive has, and so every file and folder that Get-Item writes; it holds nothing.
            case PSCredential { UserName: null } or PSCredential { Password.Length: 0 }:
                _json.WriteNullValue();
                return;

            case SecureString or PSCredential or NetworkCredential:
                throw new SecretException(bare.GetType());
        }

        if (ScalarWriter.TryWrite(_json, bare))
        {
            return;
        }

        // The top level is always written as what it is; -Depth 0 writes its members as text.
        if (level > _depth || IsText(bare) || !_open.Add(bare))
        {
            _json.WriteStringValue(Text(value!));
            return;
        }

        try
        {
            switch (bare)
            {
                case IDictionary map:
                    WriteMap(map, level);
                    break;

                case IEnumerable list:
                    WriteList(list, level);
                    break;

                default:
                    WriteObject(PSObject.AsPSObject(value!), level);
                    break;
            }
        }
        finally
        {
            _open.Remove(bare);
        }
    }

    // {"$":"hashtable","value":{"name":…}}
    private void WriteMap(IDictionary map, int level)
    {
        _json.WriteStartObject();
        _json.WriteString(ObjectBody.Tag, map is System.Collections.Specialized.IOrderedDictionary ? ObjectTag.Ordered : ObjectTag.Hashtable);
        _json.WriteStartObject(ObjectBody.Value);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in map)
        {
            string name = Text(entry.Key);
            if (!names.Add(name))
            {
                throw new StationException(StationFault.InvalidArgument, $"The map has two keys that PowerShell holds for the same: '{name}'.");
            }

            _json.WritePropertyName(name);
            WriteValue(entry.Value, level + 1);
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteList(IEnumerable list, int level)
    {
        _json.WriteStartArray();
        foreach (object? item in list)
        {
            WriteValue(item, level + 1);
        }

        _json.WriteEndArray();
    }

    private void WriteObject(PSObject value, int level)
    {
        _json.WriteStartObject();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (PSPropertyInfo property in value.Properties)
        {
            if (!property.IsGettable || ObjectBody.IsReserved(property.Name) || !names.Add(property.Name))
            {
                continue;
            }

            object? content = ReadProperty(property);

            // So that a property called $ is no tag: the reader takes one $ away again.
            _json.WritePropertyName(property.Name[0] == '$' ? ObjectBody.Tag + property.Name : property.Name);
            WriteValue(content, level + 1);
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
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (Exception failure) when (failure is not (OutOfMemoryException or StackOverflowException))
        {
            return null;
        }
    }

    private void Count()
    {
        if (_isStopping())
        {
            throw new PipelineStoppedException();
        }

        if (++_nodes > ObjectBody.MaxNodes)
        {
            throw new StationException(
                StationFault.MessageTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"The object has more than {ObjectBody.MaxNodes} values at depth {_depth}."));
        }

        if (_json.BytesCommitted + _json.BytesPending > MaxBytes)
        {
            throw new StationException(StationFault.MessageTooLarge, "The object is larger than any message may be.");
        }
    }

    private static bool IsObject(object? bare) => bare is not null && !ScalarWriter.IsScalar(bare) && bare is not IEnumerable && !IsText(bare);

    // Their properties say nothing to a peer, and walking them goes through half of the runtime.
    private static bool IsText(object bare) =>
        bare is MemberInfo or Assembly or Delegate or ScriptBlock or nint or nuint
        || bare.GetType().FullName == "System.Management.Automation.SemanticVersion";

    private static object? Unwrap(object? value)
    {
        // A PSCustomObject is its own PSObject: the object below it is an empty token shared by all.
        return value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
    }

    private static string Text(object value)
    {
        try
        {
            return (value is PSObject wrapped ? wrapped : PSObject.AsPSObject(value)).ToString() ?? "";
        }
        catch (Exception failure) when (failure is not (PipelineStoppedException or OutOfMemoryException))
        {
            return Unwrap(value)?.GetType().FullName ?? "";
        }
    }
}
