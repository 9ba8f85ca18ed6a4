using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Trust;

/// <summary>
/// A pin: the key that may answer at an address.
/// <code>
/// { "version": 1, "address": "host:port", "fingerprint": "SHA256:…" }
/// </code>
/// </summary>
internal sealed record PinFile(string Address, Fingerprint Fingerprint)
{
    public const string Suffix = ".pin";

    /// <param name="directory">The store's.</param>
    /// <param name="address">As <see cref="PeerAddress.Normalize"/> gives it.</param>
    public static string Path(string directory, string address) => System.IO.Path.Combine(directory, NameOf(address) + Suffix);

    /// <inheritdoc cref="TrustJson.Read"/>
    public static PinFile? Read(string path) => TrustJson.Read(path, json =>
    {
        var pin = new PinFile(
            PeerAddress.Normalize(json.GetProperty("address").GetString()!),
            Fingerprint.Parse(json.GetProperty("fingerprint").GetString()!));
        return (pin, NameOf(pin.Address));
    });

    public byte[] Format() => TrustJson.Format(
        json =>
        {
            json.WriteString("address", Address);
            json.WriteString("fingerprint", Fingerprint.ToString());
        },
        known: []);

    private static string NameOf(string address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)));
}
