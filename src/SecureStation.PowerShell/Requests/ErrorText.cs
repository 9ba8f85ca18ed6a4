using System.Management.Automation;
using System.Text.RegularExpressions;
using SecureStation.Core.Requests;

namespace SecureStation.Requests;

/// <summary>What a peer is told of an error of a handler: id, category and message, without stack, and with the last part of a path only.</summary>
internal static partial class ErrorText
{
    public static RequestFailedException ToFailure(ErrorRecord record) => new(
        WithoutPaths(record.FullyQualifiedErrorId ?? "HandlerFailed"),
        record.CategoryInfo.Category.ToString(),
        WithoutPaths(record.ErrorDetails?.Message is { Length: > 0 } details ? details : record.Exception?.Message ?? "The handler failed."));

    /// <summary>The text; of each absolute path in it, its last part.</summary>
    public static string WithoutPaths(string text)
    {
        try
        {
            return AbsolutePath().Replace(text, static path => IsAuthority(path.Groups["path"].Value) ? path.Value : $"{path.Groups["before"].Value}…{path.Groups["leaf"].Value}");
        }
        catch (RegexMatchTimeoutException)
        {
            return "The handler failed; what it said is too long to be looked through for paths.";
        }
    }

    // As in https://host/…; but file:///… is a path.
    private static bool IsAuthority(string path) => path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("///", StringComparison.Ordinal);

    // A path begins a text, or stands after a blank, quote, bracket, comma, colon or equals sign; and/or is none.
    [GeneratedRegex(
        @"(?<before>^|[\s'""`(\[{<,;=:|“‘«])(?<path>(?:[A-Za-z]:[\\/]|\\\\|/+)(?:[^\\/:*?""'<>|\r\n]+[\\/]+)*(?<leaf>[^\\/:*?""'<>|\s,;)\]}]*))",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking,
        1000)]
    private static partial Regex AbsolutePath();
}
