using System.Text;
using System.Text.Json;
using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Receipts;

/// <summary>
/// A signed receipt as a file, JSON:
/// <code>
/// { "version": 1, "receipt": "the receipt's bytes as a text", "signature": "base64", "publicKey": "base64 of the SubjectPublicKeyInfo" }
/// </code>
/// </summary>
public static class ReceiptFile
{
    // A member twice would be read as one by some and as the other by others.
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    private const int MaxSize = 16 * 1024;

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>; <see cref="StationFault.StorageFailed"/>.</exception>
    public static void Write(string path, SignedReceipt receipt, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteString("receipt", receipt.Bytes.Span);
            json.WriteBase64String("signature", receipt.Signature.Span);
            json.WriteBase64String("publicKey", receipt.PublicKey.SubjectPublicKeyInfo.Span);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        AtomicFile.Write(path, buffer.ToArray(), isPrivate: false, overwrite);
    }

    /// <summary>Reads a file. Nothing is verified: see <see cref="ReceiptVerifier"/>.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>; <see cref="StationFault.InvalidReceipt"/>: not a receipt, or too large; <see cref="StationFault.StorageFailed"/>.
    /// </exception>
    public static SignedReceipt Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new StationException(StationFault.NotFound, $"There is no file '{path}'.") { Subject = StationSubject.File };
        }

        byte[] bytes = BoundedFile.Read(path, MaxSize) ?? throw ReceiptJson.Invalid("it is larger than a receipt can be");
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, s_strict);
            JsonElement json = document.RootElement;
            return json.GetProperty("version").GetInt32() == 1
                ? new SignedReceipt(
                    Encoding.UTF8.GetBytes(json.GetProperty("receipt").GetString()!),
                    json.GetProperty("signature").GetBytesFromBase64(),
                    StationPublicKey.FromSubjectPublicKeyInfo(json.GetProperty("publicKey").GetBytesFromBase64()))
                : throw ReceiptJson.Invalid("it is of another version");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException
            or StationException { Fault: not StationFault.InvalidReceipt })
        {
            throw ReceiptJson.Invalid("its content is not what it should be", e);
        }
    }
}
