using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Trust;

/// <summary>
/// A note that a peer's sessions may go on although it is accepted no longer:
/// <code>
/// HEX.keep   { "version": 1, "fingerprint": "SHA256:…", "before": "2026-01-31T12:00:00.0000000+00:00" }
/// </code>
/// <c>before</c>: only those that had begun by then. HEX is the peer's, as of its record.
/// </summary>
internal sealed record KeptSessions(Fingerprint Fingerprint, DateTimeOffset Before)
{
    private const string Suffix = ".keep";

    /// <summary>The note of a key; null where there is none.</summary>
    public static KeptSessions? Read(string directory, Fingerprint key) => TrustJson.Read(PathOf(directory, key), json =>
    {
        var kept = new KeptSessions(Fingerprint.Parse(json.GetProperty("fingerprint").GetString()!), json.GetProperty("before").GetDateTimeOffset());
        return (kept, kept.Fingerprint.ToHex());
    });

    public void Write(string directory) => AtomicFile.Write(
        PathOf(directory, Fingerprint),
        TrustJson.Format(
            json =>
            {
                json.WriteString("fingerprint", Fingerprint.ToString());
                json.WriteString("before", Before.ToUniversalTime());
            },
            known: []),
        isPrivate: true,
        overwrite: true);

    /// <summary>Deletes the note of a key. False where there is none.</summary>
    public static bool Delete(string directory, Fingerprint key)
    {
        string path = PathOf(directory, key);
        bool existed = File.Exists(path);
        if (existed)
        {
            StorageErrors.Map(path, () => File.Delete(path));
        }

        return existed;
    }

    private static string PathOf(string directory, Fingerprint key) => Path.Combine(directory, key.ToHex() + Suffix);
}
