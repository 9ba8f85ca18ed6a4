using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;

namespace SecureStation.Completers;

/// <summary>Completes names of what exists: with the wildcards that were typed, quoted where PowerShell needs it.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = (wordToComplete ?? "").Trim('\'', '"');
        var results = new List<CompletionResult>();
        try
        {
            var pattern = WildcardPattern.Get(typed + "*", WildcardOptions.IgnoreCase);
            bool takesWildcards = TakesWildcards(commandName, parameterName);
            foreach ((string name, string hint) in Names(fakeBoundParameters ?? new Hashtable()).Concat(NamesLike(typed)))
            {
                if (pattern.IsMatch(name))
                {
                    results.Add(new CompletionResult(Quote(takesWildcards ? WildcardPattern.Escape(name) : name), name, CompletionResultType.ParameterValue, string.IsNullOrEmpty(hint) ? name : hint));
                }
            }
        }
        catch (Exception failure) when (failure is not (PipelineStoppedException or OutOfMemoryException))
        {
            // A prompt must not show errors while somebody types; the command will.
        }

        return results;
    }

    /// <summary>The names, each with a tooltip.</summary>
    /// <param name="bound">The parameters that stand on the line already.</param>
    protected abstract IEnumerable<(string Name, string Hint)> Names(IDictionary bound);

    /// <summary>Further names that depend on what was typed.</summary>
    private protected virtual IEnumerable<(string Name, string Hint)> NamesLike(string typed) => [];

    /// <summary>A path among the parameters of the line, as a full path; null if it is not there.</summary>
    private protected static string? PathOf(IDictionary bound, string parameter)
    {
        if (bound[parameter] is not string path)
        {
            return null;
        }

        using var powershell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        PathInfo location = powershell.AddCommand("Microsoft.PowerShell.Management\\Get-Location").Invoke<PathInfo>()[0];
        return Path.GetFullPath(path, location.ProviderPath);
    }

    // Where -Name takes wildcards, a peer called a[b] is meant as a`[b`].
    private static bool TakesWildcards(string command, string parameter) =>
        typeof(NameCompleter).Assembly.GetExportedTypes()
            .FirstOrDefault(type => type.GetCustomAttribute<CmdletAttribute>() is { } cmdlet && $"{cmdlet.VerbName}-{cmdlet.NounName}" == command)
            ?.GetProperty(parameter)?.IsDefined(typeof(SupportsWildcardsAttribute)) == true;

    private static string Quote(string name)
    {
        // A variable, and what it has.
        if (name.StartsWith('$'))
        {
            return name;
        }

        bool isBareWord = name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '+') && !name.StartsWith('-');
        return isBareWord ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
    }
}
