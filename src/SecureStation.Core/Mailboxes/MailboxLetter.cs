using System.Buffers;
using System.Security.Cryptography;

namespace SecureStation.Core.Mailboxes;

/// <summary>One recipient's copy of a message, sealed, on its way into a mailbox. Its name is random and kept for a repeat.</summary>
/// <remarks>
/// <code>
/// name = 12 hex digits of the Unix time in milliseconds | '-' | 32 hex digits at random
/// </code>
/// The time is the sender's, and orders roughly; nothing else hangs on it.
/// </remarks>
public sealed class MailboxLetter
{
    /// <summary>Bytes at random in a name.</summary>
    public const int IdLength = 16;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Makes a letter. The body is not copied and must not change while it is put.</summary>
    public MailboxLetter(ReadOnlyMemory<byte> body, DateTimeOffset madeAt)
    {
        Body = body;
        Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength));
        Name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Clamp(madeAt.ToUnixTimeMilliseconds(), 0, 0xFFFF_FFFF_FFFF):x12}-{Id}");
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>32 hex digits at random.</summary>
    public string Id { get; }

    /// <summary>Time and id, see above.</summary>
    public string Name { get; }

    /// <summary>Whether this is such a name: nothing else in a mailbox is looked at.</summary>
    internal static bool IsName(ReadOnlySpan<char> name) =>
        name.Length == 45 && name[12] == '-' && IsHex(name[..12]) && IsHex(name[13..]);

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_hex);
}
