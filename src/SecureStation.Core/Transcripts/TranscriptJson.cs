using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Transcripts;

/// <summary>The JSON form of a transcript, written for people and read strictly: nothing unknown, missing or twice.</summary>
internal static class TranscriptJson
{
    /// <summary>The most bytes that a transcript's file may have; five messages of 65,535 bytes fit.</summary>
    public const int MaxFileSize = 1024 * 1024;

    // The name of an instance is readable beside its JSON; < and + need no escape in a file.
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        MaxDepth = 8,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    /// <summary>The file's bytes: UTF-8, no byte order mark, one line feed at the end.</summary>
    public static byte[] Format(StationTranscript transcript) => [.. JsonSerializer.SerializeToUtf8Bytes(transcript, s_options), (byte)'\n'];

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidTranscript"/>.</exception>
    public static StationTranscript Parse(byte[] bytes)
    {
        try
        {
            StationTranscript transcript = JsonSerializer.Deserialize<StationTranscript>(bytes, s_options) ?? throw Malformed("it is null");

            // The serializer's nullable annotations do not reach into lists.
            if (transcript.Messages.Any(static message => message is null || message.Fields.Any(static field => field is null)))
            {
                throw Malformed("a message, or a part of one, is null");
            }

            return transcript.Format == StationTranscript.CurrentFormat
                ? transcript with { StoredBytes = bytes }
                : throw Malformed($"its format is not '{StationTranscript.CurrentFormat}'");
        }
        catch (JsonException e)
        {
            throw Malformed(e.Message, e);
        }
    }

    /// <summary>Reads a public key in base64; null where it is none.</summary>
    public static StationPublicKey? TryReadKey(string? base64)
    {
        if (base64 is null)
        {
            return null;
        }

        try
        {
            return StationPublicKey.FromSubjectPublicKeyInfo(Convert.FromBase64String(base64));
        }
        catch (Exception e) when (e is FormatException or StationException)
        {
            return null;
        }
    }

    private static StationException Malformed(string what, Exception? inner = null) =>
        new(StationFault.InvalidTranscript, $"This is no transcript: {what}", inner);
}
