using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;

namespace SecureStation.Serialization;

/// <summary>Writes the values that are not made of others. What a reader would refuse throws <see cref="FormatException"/> here.</summary>
internal static class ScalarWriter
{
    // A little more than 1,000 digits; to write millions of them takes long.
    private const int MaxBigIntegerBits = 3400;

    /// <summary>Whether the value is a scalar.</summary>
    public static bool IsScalar(object value) => value is
        string or bool or SwitchParameter or Enum or int or double or sbyte or byte or short or ushort or uint or long or ulong or Int128 or UInt128 or BigInteger
        or Half or float or decimal or char or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan or Guid or Version or Uri;

    /// <summary>Writes <paramref name="value"/> if it is a scalar; else writes nothing and says false.</summary>
    public static bool TryWrite(Utf8JsonWriter json, object value)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        switch (value)
        {
            case string text: WriteText(json, text); return true;
            case bool flag: json.WriteBooleanValue(flag); return true;

            // As an object it would be true whatever it says.
            case SwitchParameter flag: json.WriteBooleanValue(flag.IsPresent); return true;
            case Enum member: WriteEnum(json, member); return true;
            case int number: json.WriteNumberValue(number); return true;
            case double number: WriteDouble(json, number); return true;

            case sbyte number: return Tagged(json, ObjectTag.SByte, number.ToString(invariant));
            case byte number: return Tagged(json, ObjectTag.Byte, number.ToString(invariant));
            case short number: return Tagged(json, ObjectTag.Int16, number.ToString(invariant));
            case ushort number: return Tagged(json, ObjectTag.UInt16, number.ToString(invariant));
            case uint number: return Tagged(json, ObjectTag.UInt32, number.ToString(invariant));
            case long number: return Tagged(json, ObjectTag.Int64, number.ToString(invariant));
            case ulong number: return Tagged(json, ObjectTag.UInt64, number.ToString(invariant));
            case Int128 number: return Tagged(json, ObjectTag.Int128, number.ToString(invariant));
            case UInt128 number: return Tagged(json, ObjectTag.UInt128, number.ToString(invariant));
            case BigInteger number: return Tagged(json, ObjectTag.BigInteger, Digits(number));
            case Half number: return Tagged(json, ObjectTag.Half, number.ToString("R", invariant));
            case float number: return Tagged(json, ObjectTag.Single, number.ToString("R", invariant));
            case decimal number: return Tagged(json, ObjectTag.Decimal, number.ToString(invariant));
            case char character: return Tagged(json, ObjectTag.Char, ((int)character).ToString(invariant));
            case DateTime time: return Tagged(json, ObjectTag.DateTime, time.ToString("O", invariant));
            case DateTimeOffset time: return Tagged(json, ObjectTag.DateTimeOffset, time.ToString("O", invariant));
            case DateOnly date: return Tagged(json, ObjectTag.DateOnly, date.ToString("O", invariant));
            case TimeOnly time: return Tagged(json, ObjectTag.TimeOnly, time.ToString("O", invariant));
            case TimeSpan span: return Tagged(json, ObjectTag.TimeSpan, span.ToString("c", invariant));
            case Guid guid: return Tagged(json, ObjectTag.Guid, guid.ToString("D"));
            case Version version: return Tagged(json, ObjectTag.Version, version.ToString());
            case Uri uri: return WriteUri(json, uri);

            default:
                return false;
        }
    }

    /// <summary>Writes a text.</summary>
    public static void WriteText(Utf8JsonWriter json, string text) => json.WriteStringValue(RequireWellFormed(text));

    /// <summary>Writes bytes as base64.</summary>
    public static void WriteBytes(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartObject();
        json.WriteString(ObjectBody.Tag, ObjectTag.Bytes);
        json.WriteBase64String(ObjectBody.Value, bytes);
        json.WriteEndObject();
    }

    /// <summary>Writes an enum: the name is what a person reads, the number is what flags are computed with.</summary>
    public static void WriteEnum(Utf8JsonWriter json, string name, string number, string type)
    {
        json.WriteStartObject();
        json.WriteString(ObjectBody.Tag, ObjectTag.Enum);
        json.WriteString(ObjectBody.Value, RequireWellFormed(name));
        json.WriteString("number", number);
        json.WriteString("type", ObjectBody.IsTypeName(type) ? type : "System.Enum");
        json.WriteEndObject();
    }

    /// <summary>The text itself, if UTF-8 can write it.</summary>
    /// <exception cref="FormatException">It holds half a surrogate pair.</exception>
    public static string RequireWellFormed(string text)
    {
        int at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        for (; at >= 0 && at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && !(at + 1 < text.Length && char.IsSurrogatePair(text[at], text[++at])))
            {
                throw new FormatException("a text holds half a surrogate pair, which UTF-8 cannot write");
            }
        }

        return text;
    }

    /// <summary>Writes <c>{"$":tag,"value":text}</c>.</summary>
    /// <exception cref="FormatException">No reader would take it.</exception>
    private static bool Tagged(Utf8JsonWriter json, string tag, string text)
    {
        ScalarReader.Tagged(tag, text);
        WriteTagged(json, tag, text);
        return true;
    }

    /// <summary>Writes <c>{"$":tag,"value":text}</c>.</summary>
    public static void WriteTagged(Utf8JsonWriter json, string tag, string text)
    {
        json.WriteStartObject();
        json.WriteString(ObjectBody.Tag, tag);
        json.WriteString(ObjectBody.Value, RequireWellFormed(text));
        json.WriteEndObject();
    }

    private static string Digits(BigInteger number) => number.GetBitLength() <= MaxBigIntegerBits && number.ToString(CultureInfo.InvariantCulture) is { Length: <= ScalarReader.MaxBigIntegerLength } text
        ? text
        : throw new FormatException($"a number has more than {ScalarReader.MaxBigIntegerLength} digits");

    // What is a path here need not be one there: such an address goes with its scheme, file:, spelt out.
    private static bool WriteUri(Utf8JsonWriter json, Uri uri) => !uri.IsAbsoluteUri
        ? Tagged(json, ObjectTag.RelativeUri, uri.OriginalString)
        : Tagged(json, ObjectTag.Uri, uri.OriginalString.StartsWith(uri.Scheme + ":", StringComparison.OrdinalIgnoreCase) ? uri.OriginalString : uri.AbsoluteUri);

    // A JSON number with a point or an exponent is a Double, one without is an Int32 (or Int64 where it is too large for that).
    private static void WriteDouble(Utf8JsonWriter json, double number)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
        {
            Tagged(json, ObjectTag.Double, text);
            return;
        }

        json.WriteRawValue(text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text, skipInputValidation: true);
    }

    private static void WriteEnum(Utf8JsonWriter json, Enum member)
    {
        object number = Convert.ChangeType(member, Enum.GetUnderlyingType(member.GetType()), CultureInfo.InvariantCulture);
        WriteEnum(json, member.ToString(), Convert.ToString(number, CultureInfo.InvariantCulture)!, member.GetType().FullName!);
    }
}
