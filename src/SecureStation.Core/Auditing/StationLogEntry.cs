using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SecureStation.Core.Auditing;

/// <summary>
/// One line of a station log: a JSON object (RFC 8259) that names what happened and the SHA-256 of the line before. Its layout is in docs/protocol/log.md.
/// </summary>
public sealed class StationLogEntry
{
    /// <summary>The longest line, in bytes, without its end.</summary>
    internal const int MaxLine = 16 * 1024;

    /// <summary>What stands for the hash before the first line.</summary>
    internal static readonly string FirstPrevious = new('0', 2 * SHA256.HashSizeInBytes);

    // Readable, and safe as it stands: texts are cleaned before.
    private static readonly JsonWriterOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private StationLogEntry(long line, string hash) => (Line, Hash) = (line, hash);

    /// <summary>Its place in the file: 1, 2, 3 …</summary>
    public long Line { get; }

    /// <summary>SHA-256 of the line, 64 hex digits: what the next line names.</summary>
    public string Hash { get; }

    /// <summary>The entry's number, one more than that of the one before; 0 where the line is none.</summary>
    public long Sequence { get; private init; }

    /// <summary>When it happened, by this machine's clock.</summary>
    public DateTimeOffset Time { get; private init; }

    /// <summary>What happened; null where this version does not know the word.</summary>
    public AuditEvent? Event { get; private init; }

    /// <summary>How many events the entry stands for: more than one in a flood.</summary>
    public long Count { get; private init; } = 1;

    /// <summary>The hash of the line before; 64 zeros in the first.</summary>
    public string Previous { get; private init; } = string.Empty;

    /// <summary>Why the line is no entry; null where it is one.</summary>
    public string? Problem { get; private init; }

    /// <summary>Writes an entry and its line feed.</summary>
    internal static byte[] Write(long sequence, DateTimeOffset time, AuditEvent happened, long count, string previous, out string hash)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_readable))
        {
            json.WriteStartObject();
            json.WriteNumber("seq", sequence);
            json.WriteString("time", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("event", AuditWords.Of(happened.Kind));
            if (count != 1)
            {
                json.WriteNumber("count", count);
            }

            WriteText(json, "session", happened.Session);
            WriteText(json, "listener", happened.Listener);
            WriteText(json, "address", happened.Address);
            WriteText(json, "peer", happened.Peer);
            WriteText(json, "fingerprint", happened.Fingerprint);
            WriteText(json, "reason", happened.Reason);
            WriteText(json, "detail", happened.Detail);
            json.WriteString("previous", previous);
            json.WriteEndObject();
        }

        hash = Convert.ToHexStringLower(SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Reads a line. One that is no entry says so (<see cref="Problem"/>).</summary>
    internal static StationLogEntry Parse(ReadOnlySpan<byte> line, long number)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(line));
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 2 });
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object || reader.BytesConsumed != line.Length
                ? Malformed(number, "The line is no JSON object.", hash)
                : new StationLogEntry(number, hash)
                {
                    Sequence = root.GetProperty("seq").GetInt64(),
                    Time = root.GetProperty("time").GetDateTimeOffset(),
                    Event = AuditWords.Find(root.GetProperty("event").GetString()) is { } kind ? ReadEvent(root, kind) : null,
                    Count = root.TryGetProperty("count", out JsonElement count) ? count.GetInt64() : 1,
                    Previous = root.GetProperty("previous").GetString() ?? string.Empty,
                };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return Malformed(number, "The line is no entry of a station log.", hash);
        }
    }

    /// <summary>What stands for a line that is no entry.</summary>
    internal static StationLogEntry Malformed(long number, string problem, string hash = "") => new(number, hash) { Problem = problem };

    private static AuditEvent ReadEvent(JsonElement root, AuditEventKind kind) => new(kind)
    {
        Session = ReadText(root, "session"),
        Listener = ReadText(root, "listener"),
        Address = ReadText(root, "address"),
        Peer = ReadText(root, "peer"),
        Fingerprint = ReadText(root, "fingerprint"),
        Reason = ReadText(root, "reason"),
        Detail = ReadText(root, "detail"),
    };

    private static string? ReadText(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            json.WriteString(name, ForeignText.Show(text));
        }
    }
}
