using System.Text.Json;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Trust;

/// <summary>
/// A peer's file:
/// <code>
/// {
///   "version": 1,
///   "name": "server",
///   "fingerprint": "SHA256:…",
///   "publicKey": "base64 of the SubjectPublicKeyInfo, or null",
///   "card": "base64 of the card (StationCard); missing where there is none",
///   "accept": false,
///   "capabilities": ["request"],     where the peer may not use all services
///   "groups": ["ops"],               where it is in groups
///   "added": "2026-01-31T12:00:00.0000000+00:00"
/// }
/// </code>
/// It names no address: <see cref="PeerRecord.Addresses"/> of what is read is empty. Members that are not known here stay when the file is changed.
/// </summary>
/// <param name="Record">What is known here.</param>
/// <param name="Content">All of it.</param>
internal sealed record PeerFile(PeerRecord Record, JsonElement Content)
{
    public const string Suffix = ".json";

    private static readonly string[] s_known = ["name", "fingerprint", "publicKey", "card", "accept", "capabilities", "groups", "added"];

    public static string Path(string directory, Fingerprint key) => System.IO.Path.Combine(directory, key.ToHex() + Suffix);

    /// <inheritdoc cref="TrustJson.Read"/>
    public static PeerFile? Read(string path) => TrustJson.Read(path, json =>
    {
        JsonElement publicKey = json.GetProperty("publicKey");
        var record = new PeerRecord
        {
            Name = json.GetProperty("name").GetString()!,
            Fingerprint = Fingerprint.Parse(json.GetProperty("fingerprint").GetString()!),
            PublicKey = publicKey.ValueKind == JsonValueKind.Null ? null : StationPublicKey.FromSubjectPublicKeyInfo(publicKey.GetBytesFromBase64()),
            Card = json.TryGetProperty("card", out JsonElement card) ? StationCard.Read(card.GetBytesFromBase64()) : null,
            Accept = json.GetProperty("accept").GetBoolean(),
            Capabilities = json.TryGetProperty("capabilities", out JsonElement names) ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [],
            Groups = json.TryGetProperty("groups", out JsonElement groups) ? [.. groups.EnumerateArray().Select(static name => name.GetString()!)] : [],
            Added = json.GetProperty("added").GetDateTimeOffset(),
        };
        record.RequireConsistent();
        return (new PeerFile(record, json.Clone()), record.Fingerprint.ToHex());
    });

    /// <summary>The file of a record, with what <paramref name="before"/> had beside it.</summary>
    public static byte[] Format(PeerRecord record, PeerFile? before) => TrustJson.Format(
        json =>
        {
            json.WriteString("name", record.Name);
            json.WriteString("fingerprint", record.Fingerprint.ToString());
            if (record.PublicKey is null)
            {
                json.WriteNull("publicKey");
            }
            else
            {
                json.WriteBase64String("publicKey", record.PublicKey.SubjectPublicKeyInfo.Span);
            }

            if (record.Card is not null)
            {
                json.WriteBase64String("card", record.Card.ToBytes());
            }

            json.WriteBoolean("accept", record.Accept);
            WriteNames(json, "capabilities", record.Capabilities);
            WriteNames(json, "groups", record.Groups);
            json.WriteString("added", record.Added.ToUniversalTime());
        },
        s_known,
        before?.Content);

    private static void WriteNames(Utf8JsonWriter json, string member, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            json.WriteStartArray(member);
            foreach (string name in names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }
    }
}
