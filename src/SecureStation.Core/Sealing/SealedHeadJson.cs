using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Sealing;

/// <summary>
/// The head as JSON (docs/protocol/sealed.md):
/// <code>
/// {
///   "id": "base64 of 16 bytes",
///   "sender": "base64 of the SubjectPublicKeyInfo",        exactly when signed
///   "recipients": ["SHA256:…", "age:…"],                   none twice; none at all under a passphrase
///   "kind": "text",                                        text, bytes, object, file
///   "headers": { "name": "value" },
///   "sent": 1764316800000,                                 Unix milliseconds
///   "expires": 1764921600000,                              may be missing
///   "x-…": …                                               passed over where unknown
/// }
/// </code>
/// What is signed are its exact bytes; it is never written again from what was read.
/// </summary>
internal static class SealedHeadJson
{
    private const int MaxHeaders = 64;
    private const int MaxHeaderBytes = 64 * 1024;

    private static readonly string[] s_known = ["id", "sender", "recipients", "kind", "headers", "sent", "expires"];

    // Relaxed, so that '+' in base64 is one byte: this is never part of a web page.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of a head.</summary>
    /// <exception cref="StationException"><see cref="StationFault.MessageTooLarge"/>, <see cref="StationFault.InvalidArgument"/></exception>
    public static byte[] Write(SealedHead head)
    {
        RequireHeaders(head);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteBase64String("id", Convert.FromHexString(head.Id));
            if (head.Sender is not null)
            {
                json.WriteBase64String("sender", head.Sender.SubjectPublicKeyInfo.Span);
            }

            json.WriteStartArray("recipients");
            foreach (string recipient in head.Recipients)
            {
                json.WriteStringValue(recipient);
            }

            json.WriteEndArray();
            json.WriteString("kind", NameOf(head.Kind));
            json.WriteStartObject("headers");
            foreach ((string name, string value) in head.Headers)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteNumber("sent", head.SentAt.ToUnixTimeMilliseconds());
            if (head.ExpiresAt is { } expires)
            {
                json.WriteNumber("expires", expires.ToUnixTimeMilliseconds());
            }

            foreach ((string name, string value) in head.Extensions)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return buffer.Length <= SealedHead.MaxLength
            ? buffer.ToArray()
            : throw new StationException(StationFault.MessageTooLarge, $"The head of the sealed message takes {buffer.Length} bytes; {SealedHead.MaxLength} is the most.");
    }

    /// <summary>Reads a head.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/></exception>
    public static SealedHead Read(ReadOnlyMemory<byte> utf8) => StrictJson.Read(
        utf8,
        s_known,
        static json => new SealedHead
        {
            Id = ReadId(json.GetProperty("id")),
            Sender = json.TryGetProperty("sender", out JsonElement sender) ? ReadSender(sender) : null,
            Recipients = ReadRecipients(json.GetProperty("recipients")),
            Kind = ReadKind(json.GetProperty("kind").GetString()),
            Headers = ReadHeaders(json.GetProperty("headers")),
            SentAt = StrictJson.ToTime(json.GetProperty("sent")),
            ExpiresAt = json.TryGetProperty("expires", out JsonElement expires) ? StrictJson.ToTime(expires) : null,
            Extensions = ReadExtensions(json),
        },
        static (why, inner) => SealErrors.Broken($"its head is not as it should be: {why}", inner));

    private static string NameOf(SealedKind kind) => kind switch
    {
        SealedKind.Text => "text",
        SealedKind.Bytes => "bytes",
        SealedKind.Object => "object",
        SealedKind.File => "file",
        _ => throw new StationException(StationFault.InvalidArgument, $"There is no kind {(int)kind} of sealed message."),
    };

    private static SealedKind ReadKind(string? name) => name switch
    {
        "text" => SealedKind.Text,
        "bytes" => SealedKind.Bytes,
        "object" => SealedKind.Object,
        "file" => SealedKind.File,
        _ => throw new FormatException("An unknown kind of message."),
    };

    private static string ReadId(JsonElement json)
    {
        byte[] id = StrictJson.ToBytes(json);
        return id.Length == SealedHead.IdLength ? Convert.ToHexStringLower(id) : throw new FormatException($"An id of {id.Length} bytes.");
    }

    private static StationPublicKey ReadSender(JsonElement json)
    {
        try
        {
            return StationPublicKey.FromSubjectPublicKeyInfo(StrictJson.ToBytes(json));
        }
        catch (StationException e)
        {
            throw new FormatException("The sender is no identity.", e);
        }
    }

    private static string[] ReadRecipients(JsonElement json)
    {
        int count = json.GetArrayLength();
        string[] recipients = count <= SealedHead.MaxRecipients ? [.. json.EnumerateArray().Select(static one => one.GetString()!)] : throw new FormatException($"{count} recipients.");
        return recipients.All(RecipientName.IsValid) && recipients.Distinct(StringComparer.Ordinal).Count() == count
            ? recipients
            : throw new FormatException("A recipient twice, or one that is none.");
    }

    private static KeyValuePair<string, string>[] ReadHeaders(JsonElement json)
    {
        var headers = new List<KeyValuePair<string, string>>();
        int size = 0;
        foreach (JsonProperty header in json.EnumerateObject())
        {
            string value = header.Value.GetString() ?? throw new FormatException("A header without a value.");
            size += Encoding.UTF8.GetByteCount(header.Name) + Encoding.UTF8.GetByteCount(value);
            headers.Add(new(header.Name, value));
        }

        return headers.Count <= MaxHeaders && size <= MaxHeaderBytes ? [.. headers] : throw new FormatException("Too many headers.");
    }

    private static Dictionary<string, string> ReadExtensions(JsonElement json) => json.EnumerateObject()
        .Where(static member => member.Name.StartsWith(StrictJson.ExtensionPrefix, StringComparison.Ordinal) && member.Value.ValueKind == JsonValueKind.String)
        .ToDictionary(static member => member.Name, static member => member.Value.GetString()!, StringComparer.Ordinal);

    private static void RequireHeaders(SealedHead head)
    {
        _ = MessageCodec.Measure(head.Headers);
        if (head.Headers.DistinctBy(static header => header.Key, StringComparer.Ordinal).Count() != head.Headers.Count)
        {
            throw new StationException(StationFault.InvalidArgument, "A sealed message has each header once.");
        }

        if (head.Extensions.Keys.Any(static name => !name.StartsWith(StrictJson.ExtensionPrefix, StringComparison.Ordinal)))
        {
            throw new StationException(StationFault.InvalidArgument, $"The name of an extension begins with '{StrictJson.ExtensionPrefix}'.");
        }
    }
}
