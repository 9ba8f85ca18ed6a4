using System.Security.Cryptography;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>The address of an identity in mailboxes: 20 random bytes in lower-case base32 (RFC 4648, section 6), 32 characters without padding.</summary>
internal static class BoxName
{
    /// <summary>Characters in it.</summary>
    public const int Length = 32;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>A new one. 32 random characters of 5 bits each are base32 of 20 random bytes.</summary>
    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>Whether it is one: safe as part of a file's name and of a NATS subject.</summary>
    public static bool IsValid(string? name) => name is { Length: Length } && name.All(Alphabet.Contains);
}
