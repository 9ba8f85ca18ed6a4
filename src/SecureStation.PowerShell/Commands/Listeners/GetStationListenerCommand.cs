using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Listening;

namespace SecureStation.Commands;

/// <summary>Get-StationListener: the listeners of this process.</summary>
[Cmdlet(VerbsCommon.Get, "StationListener")]
[OutputType(typeof(StationListener))]
public sealed class GetStationListenerCommand : StationCmdlet
{
    /// <summary>Ids, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.ListenerIdCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        IReadOnlyList<StationListener> listeners = StationRegistry.Current.Listeners;
        foreach (string id in Id)
        {
            var pattern = WildcardPattern.Get(id, WildcardOptions.IgnoreCase);
            StationListener[] matches = [.. listeners.Where(listener => pattern.IsMatch(listener.Id))];
            if (matches.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(id))
            {
                WriteFailure(new StationException(StationFault.NotFound, $"No listener of this process has the id '{id}'.") { Subject = StationSubject.Listener }, id);
            }

            WriteObject(matches, enumerateCollection: true);
        }
    }
}
