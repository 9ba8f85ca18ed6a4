using System.Management.Automation;

namespace SecureStation.Completers;

/// <summary>Completes the path in an address of a Unix socket, as PowerShell completes paths.</summary>
internal static class SocketPathCompletion
{
    private const string Prefix = "unix:";

    /// <summary>What is there that begins like the path; nothing where the text is no such address.</summary>
    public static IEnumerable<(string Name, string Hint)> Of(string typed)
    {
        if (!typed.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            yield break;
        }

        foreach (CompletionResult result in CompletionCompleters.CompleteFilename(typed[Prefix.Length..]))
        {
            yield return (Prefix + result.CompletionText.Trim('\'', '"').Replace("''", "'", StringComparison.Ordinal), result.ToolTip);
        }
    }
}
