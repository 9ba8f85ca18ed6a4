using System.Globalization;
using System.Text.Json;

namespace SecureStation.Core.Notary.Legacy;

/// <summary>What the old notary's server gave for a document. <see cref="Coverage"/> says whether it vouches for anything.</summary>
public sealed class DocumentReceipt
{
    private const int MaxSize = 16 * 1024;

    private readonly byte[] _signature;

    /// <summary>Makes a receipt.</summary>
    public DocumentReceipt(string hash, string timestampText, ReadOnlySpan<byte> signature, SignatureCoverage coverage)
    {
        Hash = hash;
        TimestampText = timestampText;
        _signature = signature.ToArray();
        Coverage = coverage;
    }

    /// <summary>SHA-256 of the document without its line feeds, 64 hex digits.</summary>
    public string Hash { get; }

    /// <summary>The time as it was signed, <c>Sun Nov  3 07:05:09 2019</c>: the server's local time.</summary>
    public string TimestampText { get; }

    /// <summary>That time, of no known zone; null where it cannot be read.</summary>
    public DateTime? Time => DateTime.TryParseExact(
        TimestampText, "ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out DateTime time) ? time : null;

    /// <summary>What the signature is over.</summary>
    public SignatureCoverage Coverage { get; }

    /// <summary>Whether the signature vouches for document and time.</summary>
    public bool CoversDocument => Coverage is SignatureCoverage.Document or SignatureCoverage.Concatenated;

    /// <summary>The document's file, where it is one.</summary>
    public string? DocumentPath { get; init; }

    /// <summary>The file that the receipt was written to.</summary>
    public string? Path { get; init; }

    /// <summary>The signature, as long as the server's modulus.</summary>
    public byte[] ToBytes() => (byte[])_signature.Clone();

    /// <summary>A copy that names its files.</summary>
    public DocumentReceipt WithPaths(string documentPath, string? path) =>
        new(Hash, TimestampText, _signature, Coverage) { DocumentPath = documentPath, Path = path };

    /// <summary>The content of a <c>.receipt</c> file. The coverage is not in it: whoever reads it verifies again.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("hash", Hash);
            json.WriteString("timestamp", TimestampText);
            json.WriteBase64String("signature", _signature);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads the content of a <c>.receipt</c> file; its coverage is <see cref="SignatureCoverage.None"/> until it is verified.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TimestampMalformed"/></exception>
    public static DocumentReceipt Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            if (json.Length <= MaxSize)
            {
                using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
                JsonElement root = document.RootElement;
                return new DocumentReceipt(
                    root.GetProperty("hash").GetString()!, root.GetProperty("timestamp").GetString()!, root.GetProperty("signature").GetBytesFromBase64(), SignatureCoverage.None);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new StationException(StationFault.TimestampMalformed, "The file is no receipt of the document notary.", e);
        }

        throw new StationException(StationFault.TimestampMalformed, "The file is too large for a receipt of the document notary.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{TimestampText} {Hash} {Coverage}";
}
