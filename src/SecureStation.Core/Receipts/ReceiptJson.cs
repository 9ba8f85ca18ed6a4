using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Receipts;

/// <summary>
/// A receipt's statement as JSON, in this order and without white space (docs/protocol/receipt.md); the bytes that are signed are those that are sent and stored:
/// <code>
/// {"version":1,"session":"…","handshakeHash":"…","sender":{"role":"initiator","fingerprint":"SHA256:…"},"receiver":{"role":"responder","fingerprint":"SHA256:…"},
///  "message":1,"inReplyTo":0,"kind":"text","headSha256":"…","length":7,"bodySha256":"…","received":"2026-01-31T12:00:00.0000000Z"}
/// </code>
/// </summary>
internal static partial class ReceiptJson
{
    // A member twice would be read as one by some and as the other by others.
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    public const int MaxSize = 4096;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private static readonly JsonWriterOptions s_asItIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Format(ReceiptStatement statement)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_asItIs))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteString("session", statement.Session);
            json.WriteString("handshakeHash", statement.HandshakeHash);
            WriteSide(json, "sender", statement.SenderRole, statement.Sender);
            WriteSide(json, "receiver", Other(statement.SenderRole), statement.Receiver);
            json.WriteNumber("message", statement.Message);
            json.WriteNumber("inReplyTo", statement.InReplyTo);
            json.WriteString("kind", NameOf(statement.Kind));
            json.WriteString("headSha256", statement.HeadHash);
            json.WriteNumber("length", statement.Length);
            json.WriteString("bodySha256", statement.BodyHash);
            json.WriteString("received", statement.ReceivedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <exception cref="StationException"><see cref="StationFault.InvalidReceipt"/></exception>
    public static ReceiptStatement Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxSize)
        {
            throw Invalid("it is larger than a receipt can be");
        }

        ReceiptStatement statement;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, s_strict);
            statement = Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Invalid("its content is not what it should be", e);
        }

        // One form each: nothing beside, nothing twice, no other order.
        return Format(statement).AsSpan().SequenceEqual(bytes.Span) ? statement : throw Invalid("it is not written as a receipt is");
    }

    public static StationException Invalid(string why, Exception? inner = null) => new(StationFault.InvalidReceipt, $"This is no receipt: {why}.", inner);

    public static StationRole Other(StationRole role) => role == StationRole.Initiator ? StationRole.Responder : StationRole.Initiator;

    private static ReceiptStatement Read(JsonElement json)
    {
        if (json.GetProperty("version").GetInt32() != 1)
        {
            throw new FormatException("another version");
        }

        (StationRole role, string sender) = ReadSide(json.GetProperty("sender"));
        return new ReceiptStatement
        {
            Session = Hex(json.GetProperty("session"), 32),
            HandshakeHash = Hex(json.GetProperty("handshakeHash"), 64, 128),
            SenderRole = role,
            Sender = sender,
            Receiver = ReadSide(json.GetProperty("receiver")).Fingerprint,
            Message = json.GetProperty("message").GetUInt64(),
            InReplyTo = json.GetProperty("inReplyTo").GetUInt64(),
            Kind = json.GetProperty("kind").GetString() switch
            {
                "text" => StationMessageKind.Text,
                "bytes" => StationMessageKind.Bytes,
                "object" => StationMessageKind.Object,
                _ => throw new FormatException("another kind"),
            },
            HeadHash = Hex(json.GetProperty("headSha256"), 64),
            Length = json.GetProperty("length").GetInt32(),
            BodyHash = Hex(json.GetProperty("bodySha256"), 64),
            ReceivedAt = DateTimeOffset.ParseExact(
                json.GetProperty("received").GetString()!, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        };
    }

    private static (StationRole Role, string Fingerprint) ReadSide(JsonElement side) => (
        side.GetProperty("role").GetString() == "initiator" ? StationRole.Initiator : StationRole.Responder,
        FingerprintOf(side.GetProperty("fingerprint").GetString()!));

    private static string FingerprintOf(string text)
    {
        try
        {
            return Fingerprint.Parse(text).ToString();
        }
        catch (StationException e)
        {
            throw new FormatException("no fingerprint", e);
        }
    }

    private static string Hex(JsonElement text, params ReadOnlySpan<int> lengths)
    {
        string hex = text.GetString()!;
        return lengths.Contains(hex.Length) && HexDigits().IsMatch(hex) ? hex : throw new FormatException("no hash");
    }

    private static void WriteSide(Utf8JsonWriter json, string name, StationRole role, string fingerprint)
    {
        json.WriteStartObject(name);
        json.WriteString("role", role == StationRole.Initiator ? "initiator" : "responder");
        json.WriteString("fingerprint", fingerprint);
        json.WriteEndObject();
    }

    private static string NameOf(StationMessageKind kind) => kind switch
    {
        StationMessageKind.Text => "text",
        StationMessageKind.Bytes => "bytes",
        StationMessageKind.Object => "object",
        _ => throw new StationException(StationFault.InvalidArgument, "A receipt is for text, bytes or an object."),
    };

    [GeneratedRegex(@"^[0-9a-f]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex HexDigits();
}
