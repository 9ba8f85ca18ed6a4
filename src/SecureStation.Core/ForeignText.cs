using System.Globalization;
using System.Text;

namespace SecureStation.Core;

/// <summary>
/// Text that somebody else wrote (a peer, a server, a file of theirs) on its way into a message, a view or a log: bounded, and without
/// anything that steers a terminal or hides in a line. Control and format characters (Unicode's categories Cc, Cf, Zl, Zp) and lone
/// surrogates are shown as <c>&lt;U+202E&gt;</c>; joiners are honest in names and are shown so too.
/// </summary>
public static class ForeignText
{
    /// <summary>How much of a text is shown where nothing else is said, in characters.</summary>
    public const int DefaultLength = 256;

    /// <summary>The text as it may be shown; empty for null. One that was cut ends in an ellipsis.</summary>
    /// <param name="text">What somebody else wrote.</param>
    /// <param name="maxLength">The most characters of the result, the ellipsis beside.</param>
    /// <param name="keepLines">Whether line feeds and tabs stay: in text of several lines that is mostly our own.</param>
    public static string Show(string? text, int maxLength = DefaultLength, bool keepLines = false)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        if (text.Length <= maxLength && IsPlain(text, keepLines))
        {
            return text;
        }

        var shown = new StringBuilder(Math.Min(text.Length, maxLength) + 16);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            bool isWhole = Rune.DecodeFromUtf16(rest, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            string next = isWhole && IsPlain(rune, keepLines)
                ? rune.ToString()
                : string.Create(CultureInfo.InvariantCulture, $"<U+{(isWhole ? rune.Value : rest[0]):X4}>");
            if (shown.Length + next.Length > maxLength)
            {
                return shown.Append('…').ToString();
            }

            shown.Append(next);
            rest = rest[length..];
        }

        return shown.ToString();
    }

    private static bool IsPlain(string text, bool keepLines)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            // A lone surrogate is enumerated as the replacement character, which the long way shows as what it is.
            if (!IsPlain(rune, keepLines) || rune == Rune.ReplacementChar)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPlain(Rune rune, bool keepLines) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control => keepLines && rune.Value is '\n' or '\t',
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        _ => true,
    };
}
