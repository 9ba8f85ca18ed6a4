using System.Text;
using SecureStation.Core;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>An invitation as people paste it: wrapped, quoted, out of a web page or a chat.</summary>
internal static class InvitationText
{
    /// <summary>The longest text that is looked at, in characters.</summary>
    public const int MaxLength = 4 * StationInvitation.MaxLength;

    private const string Scheme = "station:";

    // What quotes, brackets and sentences put around it. None of these can be the first or last character of an invitation.
    private const string Around = "\"'`<>()[]{}\u201C\u201D\u201E\u2018\u2019\u201A\u00AB\u00BB.,;";

    /// <summary>Whether the text, cleaned, means to be an invitation.</summary>
    public static bool IsInvitation(string text) => Clean(text).StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>The invitation in the text.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidInvitation"/></exception>
    public static StationInvitation Parse(string text)
    {
        string clean = Clean(text);
        return clean.Contains("psk=\u2026", StringComparison.Ordinal) || clean.Contains("psk=...", StringComparison.Ordinal) || clean.Contains("psk=%E2%80%A6", StringComparison.OrdinalIgnoreCase)
            ? throw new StationException(
                StationFault.InvalidInvitation,
                "This invitation was copied from where its secret is hidden. Whoever made it gets the whole text with New-StationInvitation -AsPlainText, or with the invitation's method .Reveal().")
            : StationInvitation.Parse(clean);
    }

    /// <summary>The text without white space, line ends, characters of no width, what stands around it, and with <c>&amp;</c> where a web page wrote <c>&amp;amp;</c>.</summary>
    public static string Clean(string text)
    {
        if (text.Length > MaxLength)
        {
            return text;
        }

        var kept = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            // Zero-width spaces, byte order marks, soft hyphens and marks of direction are of the category Cf.
            if (!char.IsWhiteSpace(c) && !char.IsControl(c) && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.Format)
            {
                kept.Append(c);
            }
        }

        return kept.ToString().Trim(Around.ToCharArray())
            .Replace("&amp;", "&", StringComparison.OrdinalIgnoreCase)
            .Replace("&#38;", "&", StringComparison.Ordinal);
    }
}
