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
    /// <summary>Ids, with wildcards, or the beginning of one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.IdCompleter<StationListener>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (string id in Id)
        {
            try
            {
                WriteObject(IdKinds.Listeners.Select(id, IdKinds.Listeners.All), enumerateCollection: true);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, id);
            }
        }
    }
}
