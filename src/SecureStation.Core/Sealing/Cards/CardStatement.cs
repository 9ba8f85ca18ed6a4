using System.Text.Encodings.Web;
using System.Text.Json;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>
/// What a card says, as JSON:
/// <code>
/// {
///   "identity": "base64 of the SubjectPublicKeyInfo",
///   "recipients": ["age1pq1…", "age1…"],       1 to 8
///   "box": "32 characters of lower-case base32",
///   "notBefore": 1764313200000,                Unix milliseconds
///   "notAfter": 1772092800000,
///   "serial": 1764316800000
/// }
/// </code>
/// What is signed are its exact bytes; it is never written again from what was read.
/// </summary>
internal sealed record CardStatement
{
    /// <summary>The largest statement, in bytes.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxRecipients = 8;

    private static readonly string[] s_known = ["identity", "recipients", "box", "notBefore", "notAfter", "serial"];
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required StationPublicKey Identity { get; init; }

    public required IReadOnlyList<string> Recipients { get; init; }

    public required string Box { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required long Serial { get; init; }

    /// <summary>The statement's bytes.</summary>
    public byte[] Write()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteBase64String("identity", Identity.SubjectPublicKeyInfo.Span);
            json.WriteStartArray("recipients");
            foreach (string recipient in Recipients)
            {
                json.WriteStringValue(recipient);
            }

            json.WriteEndArray();
            json.WriteString("box", Box);
            json.WriteNumber("notBefore", NotBefore.ToUnixTimeMilliseconds());
            json.WriteNumber("notAfter", NotAfter.ToUnixTimeMilliseconds());
            json.WriteNumber("serial", Serial);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a statement.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidCard"/></exception>
    public static CardStatement Read(ReadOnlyMemory<byte> utf8) => StrictJson.Read(
        utf8,
        s_known,
        static json =>
        {
            var statement = new CardStatement
            {
                Identity = ReadIdentity(json.GetProperty("identity")),
                Recipients = ReadRecipients(json.GetProperty("recipients")),
                Box = json.GetProperty("box").GetString()!,
                NotBefore = StrictJson.ToTime(json.GetProperty("notBefore")),
                NotAfter = StrictJson.ToTime(json.GetProperty("notAfter")),
                Serial = json.GetProperty("serial").GetInt64(),
            };
            return statement.NotBefore < statement.NotAfter && statement.Serial > 0 && BoxName.IsValid(statement.Box)
                ? statement
                : throw new FormatException("Times, serial or box are not as they should be.");
        },
        CardErrors.Invalid);

    private static StationPublicKey ReadIdentity(JsonElement json)
    {
        try
        {
            return StationPublicKey.FromSubjectPublicKeyInfo(StrictJson.ToBytes(json));
        }
        catch (StationException e)
        {
            throw new FormatException("The card names no identity.", e);
        }
    }

    private static string[] ReadRecipients(JsonElement json)
    {
        if (json.GetArrayLength() is < 1 or > MaxRecipients)
        {
            throw new FormatException($"A card names 1 to {MaxRecipients} recipients.");
        }

        string[] recipients = [.. json.EnumerateArray().Select(static one => one.GetString()!)];
        try
        {
            // In the one way to write them, so that a name made of the string is the same everywhere.
            return recipients.All(static text => AgeRecipient.Parse(text).ToString() == text) && recipients.Distinct(StringComparer.Ordinal).Count() == recipients.Length
                ? recipients
                : throw new FormatException("A recipient twice, or written in another way.");
        }
        catch (StationException e)
        {
            throw new FormatException("One of the recipients is none.", e);
        }
    }
}
