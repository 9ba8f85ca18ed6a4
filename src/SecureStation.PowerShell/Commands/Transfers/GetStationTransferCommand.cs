using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transfers;

namespace SecureStation.Commands;

/// <summary>Get-StationTransfer: the transfers of this process, those that go on and the last that have ended.</summary>
[Cmdlet(VerbsCommon.Get, "StationTransfer")]
[OutputType(typeof(StationTransfer))]
public sealed class GetStationTransferCommand : StationCmdlet
{
    /// <summary>Ids, with wildcards, or the beginning of one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.IdCompleter<StationTransfer>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Only those of this session.</summary>
    [Parameter]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        StationTransfer[] among = [.. IdKinds.Transfers.All.Where(transfer => Session is null || transfer.Session == Session)];
        foreach (string id in Id)
        {
            try
            {
                WriteObject(IdKinds.Transfers.Select(id, among), enumerateCollection: true);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, id);
            }
        }
    }
}
