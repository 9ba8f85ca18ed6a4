using System.Globalization;
using System.Security.Cryptography;

namespace SecureStation.Core.Mailboxes;

/// <summary>Where the sealed message lies that was too large for a letter: inside the sealed head of a small one, so that nobody else can point elsewhere.</summary>
/// <remarks>
/// <code>
/// "x-object": 32 hex digits, "x-object-length": bytes, "x-object-sha256": 64 hex digits
/// </code>
/// </remarks>
internal sealed record MailObjectReference(string Name, int Length, string Hash)
{
    private const string NameMember = "x-object";
    private const string LengthMember = "x-object-length";
    private const string HashMember = "x-object-sha256";

    // A body of 16 MiB, and what sealing adds.
    private const int MaxLength = 17 * 1024 * 1024;

    /// <summary>A reference to bytes, under a new random name.</summary>
    public static MailObjectReference To(ReadOnlySpan<byte> content) =>
        new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));

    /// <summary>The members of the head.</summary>
    public IReadOnlyDictionary<string, string> ToMembers() => new Dictionary<string, string>
    {
        [NameMember] = Name,
        [LengthMember] = Length.ToString(CultureInfo.InvariantCulture),
        [HashMember] = Hash,
    };

    /// <summary>The reference in a head; null where it has none.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/>: it makes no sense.</exception>
    public static MailObjectReference? Find(IReadOnlyDictionary<string, string> members)
    {
        if (!members.TryGetValue(NameMember, out string? name))
        {
            return null;
        }

        return members.TryGetValue(LengthMember, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length is > 0 and <= MaxLength
            && members.TryGetValue(HashMember, out string? hash) && hash.Length == 64
            && name.Length == 32 && name.All(char.IsAsciiHexDigitLower)
            ? new MailObjectReference(name, length, hash)
            : throw new StationException(StationFault.SealBroken, "The sealed message is broken: it refers to an object in a way that makes no sense.");
    }

    /// <summary>Whether it is that object.</summary>
    public bool Fits(ReadOnlySpan<byte> content) => content.Length == Length && Convert.ToHexStringLower(SHA256.HashData(content)) == Hash;
}
