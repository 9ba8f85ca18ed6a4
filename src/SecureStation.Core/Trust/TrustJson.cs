using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SecureStation.Core.Trust;

/// <summary>The JSON in the trust store's files: one object of version 1, with a checksum (<see cref="ChecksummedFile"/>).</summary>
internal static class TrustJson
{
    private const int Version = 1;
    private const string VersionName = "version";

    // Relaxed, so that '+' in base64 stays one: these are files for people to read, never part of a web page.
    private static readonly JsonWriterOptions s_readable = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file's bytes.</summary>
    /// <param name="write">Writes the members that this version knows.</param>
    /// <param name="known">Their names.</param>
    /// <param name="before">What stood in the file: its members that are not known here are written too, as they were.</param>
    public static byte[] Format(Action<Utf8JsonWriter> write, IReadOnlyCollection<string> known, JsonElement? before = null)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_readable))
        {
            json.WriteStartObject();
            json.WriteNumber(VersionName, Version);
            write(json);
            if (before is { } old)
            {
                foreach (JsonProperty member in old.EnumerateObject().Where(member => member.Name != VersionName && !known.Contains(member.Name)))
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return ChecksummedFile.Format(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    /// <summary>Reads a file; null where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Makes a value of its members, and says what the file's name must be, without its ending.</param>
    /// <exception cref="StationException"><see cref="StationFault.TrustStoreDamaged"/>, <see cref="StationFault.StorageFailed"/></exception>
    public static T? Read<T>(string path, Func<JsonElement, (T Value, string Name)> read)
        where T : class
    {
        if (ChecksummedFile.Read(path) is not { } content)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement.GetProperty(VersionName).GetInt32() != Version)
            {
                throw ChecksummedFile.Damaged(path, "it is of a version that is not known here");
            }

            // A file that is under another name than its content asks for has been moved about: it would answer for another key or address.
            (T value, string name) = read(document.RootElement);
            return name == Path.GetFileNameWithoutExtension(path)
                ? value
                : throw ChecksummedFile.Damaged(path, "it is not the file of what is in it");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException
            or StationException { Fault: not StationFault.TrustStoreDamaged })
        {
            throw ChecksummedFile.Damaged(path, "its content is not what it should be", e);
        }
    }
}
