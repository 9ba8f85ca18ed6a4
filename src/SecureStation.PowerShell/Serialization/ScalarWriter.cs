using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace SecureStation.Serialization;

/// <summary>Writes the values that are not made of others.</summary>
internal static class ScalarWriter
{
    /// <summary>Whether the value is a scalar.</summary>
    public static bool IsScalar(object value) => value is
        string or bool or Enum or int or double or sbyte or byte or short or ushort or uint or long or ulong or BigInteger or float or decimal or char
        or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan or Guid or Version or Uri or byte[];

    /// <summary>Writes <paramref name="value"/> if it is a scalar; else writes nothing and says false.</summary>
    public static bool TryWrite(Utf8JsonWriter json, object value)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        switch (value)
        {
            case string text: json.WriteStringValue(text); return true;
            case bool flag: json.WriteBooleanValue(flag); return true;
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
            case BigInteger number: return Tagged(json, ObjectTag.BigInteger, number.ToString(invariant));
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
            case Uri uri: return Tagged(json, ObjectTag.Uri, uri.OriginalString);

            case byte[] bytes:
                json.WriteStartObject();
                json.WriteString(ObjectBody.Tag, ObjectTag.Bytes);
                json.WriteBase64String(ObjectBody.Value, bytes);
                json.WriteEndObject();
                return true;

            default:
                return false;
        }
    }

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

    // The name is what a person reads; the number is what flags are computed with.
    private static void WriteEnum(Utf8JsonWriter json, Enum member)
    {
        Type underlying = Enum.GetUnderlyingType(member.GetType());
        object number = Convert.ChangeType(member, underlying, CultureInfo.InvariantCulture);
        json.WriteStartObject();
        json.WriteString(ObjectBody.Tag, ObjectTag.Enum);
        json.WriteString(ObjectBody.Value, member.ToString());
        json.WriteString("number", Convert.ToString(number, CultureInfo.InvariantCulture));
        json.WriteString("type", member.GetType().FullName is string name && ObjectBody.IsTypeName(name) ? name : "System.Enum");
        json.WriteEndObject();
    }

    private static bool Tagged(Utf8JsonWriter json, string tag, string value)
    {
        json.WriteStartObject();
        json.WriteString(ObjectBody.Tag, tag);
        json.WriteString(ObjectBody.Value, value);
        json.WriteEndObject();
        return true;
    }
}
