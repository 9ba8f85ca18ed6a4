using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>
/// How a head names a recipient: <c>SHA256:…</c>, the fingerprint of a station's identity or of an ssh key, or <c>age:</c> and 43 characters of
/// unpadded base64 of the SHA-256 of an age recipient's string.
/// </summary>
internal static class RecipientName
{
    private const string AgePrefix = "age:";
    private const string FingerprintPrefix = "SHA256:";

    /// <summary>The name of <c>age1…</c>, which is hashed in lower case.</summary>
    public static string OfAge(string recipient) => AgePrefix + Fingerprint.FromHash(SHA256.HashData(Encoding.ASCII.GetBytes(recipient))).Text[FingerprintPrefix.Length..];

    /// <summary>Whether it is such a name, in the one way to write it.</summary>
    public static bool IsValid(string? name)
    {
        string? fingerprint = name?.StartsWith(AgePrefix, StringComparison.Ordinal) == true ? FingerprintPrefix + name[AgePrefix.Length..] : name;
        return Fingerprint.TryParse(fingerprint, out Fingerprint? parsed) && parsed.Text == fingerprint;
    }
}
