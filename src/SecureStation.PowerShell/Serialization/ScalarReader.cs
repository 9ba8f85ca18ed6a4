using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;

namespace SecureStation.Serialization;

/// <summary>Reads the values that are not made of others. A form that does not fit throws <see cref="FormatException"/>.</summary>
internal static class ScalarReader
{
    // BigInteger.Parse takes time that grows with the square of the length.
    public const int MaxBigIntegerLength = 1000;

    /// <summary>The value of a bare JSON number.</summary>
    public static object Number(JsonElement element)
    {
        bool isWhole = element.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0;
        if (isWhole && element.TryGetInt32(out int small))
        {
            return small;
        }

        if (isWhole && element.TryGetInt64(out long large))
        {
            return large;
        }

        double number = element.GetDouble();
        return double.IsFinite(number) ? number : throw new FormatException("A number is too large.");
    }

    /// <summary>The value of <c>{"$":tag,"value":text}</c>.</summary>
    public static object Tagged(string tag, string text)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        const NumberStyles Whole = NumberStyles.AllowLeadingSign;
        const NumberStyles Real = NumberStyles.Float;
        return tag switch
        {
            ObjectTag.SByte => sbyte.Parse(text, Whole, invariant),
            ObjectTag.Byte => byte.Parse(text, Whole, invariant),
            ObjectTag.Int16 => short.Parse(text, Whole, invariant),
            ObjectTag.UInt16 => ushort.Parse(text, Whole, invariant),
            ObjectTag.UInt32 => uint.Parse(text, Whole, invariant),
            ObjectTag.Int64 => long.Parse(text, Whole, invariant),
            ObjectTag.UInt64 => ulong.Parse(text, Whole, invariant),
            ObjectTag.BigInteger => Big(text),
            ObjectTag.Single => float.Parse(text, Real, invariant),
            ObjectTag.Double => double.Parse(text, Real, invariant),
            ObjectTag.Decimal => decimal.Parse(text, NumberStyles.Number & ~NumberStyles.AllowThousands, invariant),
            ObjectTag.Char => (char)ushort.Parse(text, NumberStyles.None, invariant),
            ObjectTag.DateTime => DateTime.ParseExact(text, "O", invariant, DateTimeStyles.RoundtripKind),
            ObjectTag.DateTimeOffset => DateTimeOffset.ParseExact(text, "O", invariant),
            ObjectTag.DateOnly => DateOnly.ParseExact(text, "O", invariant),
            ObjectTag.TimeOnly => TimeOnly.ParseExact(text, "O", invariant),
            ObjectTag.TimeSpan => TimeSpan.ParseExact(text, "c", invariant),
            ObjectTag.Guid => Guid.ParseExact(text, "D"),
            ObjectTag.Bytes => Convert.FromBase64String(text),
            ObjectTag.Version => Version.Parse(text),
            ObjectTag.Uri => new Uri(text, UriKind.RelativeOrAbsolute),
            ObjectTag.RelativeUri => new Uri(text, UriKind.Relative),
            ObjectTag.Half => Half.Parse(text, Real, invariant),
            ObjectTag.Int128 => Int128.Parse(text, Whole, invariant),
            ObjectTag.UInt128 => UInt128.Parse(text, Whole, invariant),
            _ => throw new FormatException($"There is no kind of value '{tag}'."),
        };
    }

    /// <summary>
    /// An enum: its name as a string, which compares with and converts to the enum, with the number as value__ and the type's name.
    /// The type itself is never looked up.
    /// </summary>
    public static PSObject Enumeration(string name, string number, string type)
    {
        if (!ObjectBody.IsTypeName(type))
        {
            throw new FormatException("The type of an enum has no type's name.");
        }

        object value = number.StartsWith('-') || !ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong unsigned)
            ? long.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : unsigned <= int.MaxValue ? (int)unsigned : unsigned;
        var result = new PSObject(name);

        // Behind those of a string, so that it is shown as one.
        result.TypeNames.Add(ObjectBody.Received(type));
        result.Properties.Add(new PSNoteProperty(ObjectBody.EnumNumber, value));
        return result;
    }

    private static BigInteger Big(string text) => text.Length <= MaxBigIntegerLength
        ? BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
        : throw new FormatException("A number is too long.");
}
