using System.Text;
using System.Text.Json;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>The values in legacy.json, which the original libraries computed; skips the running test where the file is not there.</summary>
internal static class ChatVectors
{
    private static readonly Lazy<JsonElement?> File = new(Load);

    public static JsonElement Root
    {
        get
        {
            Assert.SkipUnless(File.Value is not null, "The shared folder has no vectors/legacy.json (set STATION_SHARED).");
            return File.Value.Value;
        }
    }

    public static string PrivatePem => Root.GetProperty("rsa_key").GetProperty("private_pem").GetString()!;

    public static byte[] PublicPem => Encoding.ASCII.GetBytes(Root.GetProperty("rsa_key").GetProperty("public_pem").GetString()!);

    public static byte[] Hex(this JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static byte[] Ascii(this JsonElement element, string name) => Encoding.ASCII.GetBytes(element.Text(name));

    private static JsonElement? Load()
    {
        string? shared = Environment.GetEnvironmentVariable("STATION_SHARED") is { Length: > 0 } named ? named : FindBesideRepository();
        string path = Path.Combine(shared ?? string.Empty, "vectors", "legacy.json");
        return System.IO.File.Exists(path) ? JsonDocument.Parse(System.IO.File.ReadAllBytes(path)).RootElement : null;
    }

    private static string? FindBesideRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder, "SecureStation.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder is null ? null : Path.Combine(folder, "..", "shared");
    }
}
