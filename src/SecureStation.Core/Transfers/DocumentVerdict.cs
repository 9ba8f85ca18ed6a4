using System.Text.Json;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Transfers;

/// <summary>What the receiver of a document says of it: the reply to whoever sent it.</summary>
public sealed record DocumentVerdict
{
    private const int MaxSize = 16 * 1024;
    private const int MaxText = 1024;

    /// <summary>Whether the receiver has found the timestamp to hold for the document, and has kept it.</summary>
    public required bool IsValid { get; init; }

    /// <summary>The reason in one word, a <see cref="StationFault"/>; null where it is valid.</summary>
    public string? Fault { get; init; }

    /// <summary>The reason as a sentence; null where it is valid.</summary>
    public string? Message { get; init; }

    /// <summary>The time that the receiver has read in the timestamp.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The name in the certificate that the receiver has verified with.</summary>
    public string? Signer { get; init; }

    /// <summary>The document's file at the sender.</summary>
    public string? DocumentPath { get; init; }

    /// <inheritdoc/>
    public override string ToString() => IsValid ? $"valid: {Time:u} {Signer}" : $"{Fault}: {Message}";

    internal static DocumentVerdict Of(StationException failure) => new() { IsValid = false, Fault = failure.Fault.ToString(), Message = failure.Message };

    internal static DocumentVerdict Of(TimestampReport report) => report.Error is { } error
        ? Of(error) with { Time = report.Time }
        : new DocumentVerdict { IsValid = true, Time = report.Time, Signer = report.Signer };

    // {"isValid":true,"fault":null,"message":null,"time":"2026-11-21T08:00:00.0000000+00:00","signer":"CN=Notary"}
    internal byte[] Encode()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("isValid", IsValid);
            json.WriteString("fault", Fault);
            json.WriteString("message", Message);
            if (Time is { } time)
            {
                json.WriteString("time", time);
            }

            json.WriteString("signer", Signer);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    internal static DocumentVerdict Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            if (json.Length <= MaxSize)
            {
                using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
                JsonElement root = document.RootElement;
                return new DocumentVerdict
                {
                    IsValid = root.GetProperty("isValid").GetBoolean(),
                    Fault = Text(root, "fault"),
                    Message = Text(root, "message"),
                    Signer = Text(root, "signer"),
                    Time = root.TryGetProperty("time", out JsonElement time) && time.TryGetDateTimeOffset(out DateTimeOffset value) ? value : null,
                };
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new StationException(StationFault.MalformedBody, "The peer's verdict cannot be read.", e);
        }

        throw new StationException(StationFault.MalformedBody, "The peer's verdict is too long.");
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement element) && element.GetString() is { } text
            ? ForeignText.Show(text, MaxText)
            : null;
}
