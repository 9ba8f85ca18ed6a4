using System.Text;
using System.Text.Json;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>The values in legacy.json, which the original libraries computed.</summary>
internal static class ChatVectors
{
    private static readonly Lazy<JsonElement> s_file = new(static () => JsonDocument.Parse(System.IO.File.ReadAllBytes(OwnVectors.PathOf("legacy", "legacy.json"))).RootElement);

    public static JsonElement Root => s_file.Value;

    public static string PrivatePem => Root.GetProperty("rsa_key").GetProperty("private_pem").GetString()!;

    public static byte[] PublicPem => Encoding.ASCII.GetBytes(Root.GetProperty("rsa_key").GetProperty("public_pem").GetString()!);

    public static byte[] Hex(this JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static byte[] Ascii(this JsonElement element, string name) => Encoding.ASCII.GetBytes(element.Text(name));
}
