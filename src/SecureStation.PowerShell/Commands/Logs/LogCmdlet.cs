using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Auditing;

namespace SecureStation.Commands;

/// <summary>What the cmdlets share that name logs of this process by their files.</summary>
public abstract class LogCmdlet : StationCmdlet
{
    /// <summary>The files, with wildcards; without it, every log that this process writes.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.RunningLogCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Path { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (string path in Path)
        {
            try
            {
                foreach (StationLog log in Find(path))
                {
                    Process(log);
                }
            }
            catch (StationException failure)
            {
                WriteFailure(failure, path);
            }
        }
    }

    /// <summary>Does what the cmdlet does with one of them.</summary>
    private protected abstract void Process(StationLog log);

    private StationLog[] Find(string path)
    {
        IReadOnlyList<StationLog> logs = StationRegistry.Current.Logs;
        if (path == "*")
        {
            return [.. logs];
        }

        string file = PathResolver.Unresolved(this, path);
        var pattern = new WildcardPattern(file, OperatingSystem.IsWindows() ? WildcardOptions.IgnoreCase : WildcardOptions.None);
        StationLog[] found = [.. logs.Where(log => log.Path == file || pattern.IsMatch(log.Path))];
        return found.Length > 0 || WildcardPattern.ContainsWildcardCharacters(path)
            ? found
            : throw new StationException(StationFault.NotFound, $"This process writes no log '{file}'.") { Subject = StationSubject.StationLog };
    }
}
