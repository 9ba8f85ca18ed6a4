using System.Text.Json;
using System.Text.Unicode;

namespace SecureStation.Core;

/// <summary>
/// JSON that was signed, read so that no two readers can understand it differently: valid UTF-8 without a byte-order mark, no member twice, no
/// comments, no number beyond 2^53, four levels at most, and no member that the reader does not know unless its name begins with <c>x-</c>.
/// </summary>
internal static class StrictJson
{
    /// <summary>How the name of a member begins that a reader may pass over.</summary>
    public const string ExtensionPrefix = "x-";

    /// <summary>The largest number: 2^53, up to which every reader of JSON is exact.</summary>
    public const long MaxNumber = 1L << 53;

    private const int MaxDepth = 4;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads one object and makes a value of it.</summary>
    /// <param name="utf8">All of it.</param>
    /// <param name="known">The members that <paramref name="read"/> looks at.</param>
    /// <param name="read">Makes the value. Missing members and wrong types may throw what <see cref="JsonElement"/> throws.</param>
    /// <param name="malformed">The error for what is wrong.</param>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, string[] known, Func<JsonElement, T> read, Func<string, Exception?, StationException> malformed)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            throw malformed("it is not UTF-8", null);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, s_options);
            JsonElement root = document.RootElement;
            foreach (JsonProperty member in root.EnumerateObject())
            {
                if (!known.Contains(member.Name) && !member.Name.StartsWith(ExtensionPrefix, StringComparison.Ordinal))
                {
                    throw malformed("it has a member that is not known here", null);
                }
            }

            RequireNumbers(root, malformed);
            return read(root);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw malformed("its content is not what it should be", e);
        }
    }

    /// <summary>A time in Unix milliseconds.</summary>
    /// <exception cref="FormatException">It is no such number.</exception>
    public static DateTimeOffset ToTime(JsonElement element)
    {
        long milliseconds = element.GetInt64();
        return milliseconds >= 0 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : throw new FormatException("A time before 1970.");
    }

    /// <summary>Bytes in base64, in the one way to write them.</summary>
    /// <exception cref="FormatException">They are not.</exception>
    public static byte[] ToBytes(JsonElement element)
    {
        string text = element.GetString() ?? throw new FormatException("Null instead of base64.");
        byte[] bytes = Convert.FromBase64String(text);
        return Convert.ToBase64String(bytes) == text ? bytes : throw new FormatException("Base64 in another form.");
    }

    private static void RequireNumbers(JsonElement element, Func<string, Exception?, StationException> malformed)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    RequireNumbers(member.Value, malformed);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    RequireNumbers(item, malformed);
                }

                break;
            case JsonValueKind.Number:
                if (element.TryGetInt64(out long whole) ? whole is < -MaxNumber or > MaxNumber : !(Math.Abs(element.GetDouble()) <= MaxNumber))
                {
                    throw malformed("a number in it is beyond 2^53", null);
                }

                break;
        }
    }
}
