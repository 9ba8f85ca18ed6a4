using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Notary;

namespace SecureStation.Commands;

/// <summary>Get-StationNotary: the notaries of this process.</summary>
[Cmdlet(VerbsCommon.Get, "StationNotary")]
[OutputType(typeof(INotaryServer))]
public sealed class GetStationNotaryCommand : StationCmdlet
{
    /// <summary>Ids, with wildcards, or the beginning of one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.IdCompleter<INotaryServer>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (string id in Id)
        {
            try
            {
                WriteObject(IdKinds.Notaries.Select(id, IdKinds.Notaries.All), enumerateCollection: true);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, id);
            }
        }
    }
}
