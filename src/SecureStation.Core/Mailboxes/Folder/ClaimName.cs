using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>The name of a letter that a consumer holds. It is new with every claim, so that whoever lost a claim finds nothing of that name.</summary>
/// <remarks>
/// <code>
/// NAME.CLAIMS.CONSUMER             mail:        CLAIMS counts the consumers that took it one from the other, CONSUMER is 16 hex digits at random
/// NAME.CLAIMS.CONSUMER.REASON      dead letter: its reason goes with it, 1 to 40 letters
/// </code>
/// </remarks>
internal readonly record struct ClaimName(string Letter, int Claims, string Consumer, string? Reason)
{
    private static readonly SearchValues<char> s_letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>A claim of a letter that nobody holds.</summary>
    public static ClaimName First(string letter, string? reason) => new(letter, 1, NewConsumer(), reason);

    /// <summary>The claim that takes the letter from this one.</summary>
    public ClaimName Next() => this with { Claims = Claims + 1, Consumer = NewConsumer() };

    /// <summary>The claim of a file's name; null where it is none.</summary>
    public static ClaimName? Parse(string file)
    {
        string[] parts = file.Split('.');
        return parts.Length is 3 or 4
            && MailboxLetter.IsName(parts[0])
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int claims) && claims > 0
            && parts[2].Length == 16
            && (parts.Length == 3 || IsReason(parts[3]))
            ? new ClaimName(parts[0], claims, parts[2], parts.Length == 4 ? parts[3] : null)
            : null;
    }

    /// <summary>Whether it can stand at the end of a dead letter's name.</summary>
    public static bool IsReason(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 40 && !text.ContainsAnyExcept(s_letters);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Letter}.{Claims}.{Consumer}") + (Reason is null ? string.Empty : "." + Reason);

    private static string NewConsumer() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}
