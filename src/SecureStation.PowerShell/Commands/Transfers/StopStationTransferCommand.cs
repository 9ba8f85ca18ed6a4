using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Transfers;

namespace SecureStation.Commands;

/// <summary>Stop-StationTransfer: stops transfers; what came can be gone on with.</summary>
[Cmdlet(VerbsLifecycle.Stop, "StationTransfer", SupportsShouldProcess = true)]
[OutputType(typeof(StationTransfer))]
public sealed class StopStationTransferCommand : StationCmdlet
{
    /// <summary>The transfers.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<StationTransfer>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationTransfer>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationTransfer[] Transfer { get; set; } = [];

    /// <summary>How long each may take to stop.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <summary>Writes the transfers.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (StationTransfer transfer in Transfer)
        {
            if (!ShouldProcess($"{transfer.Name} ({transfer.Id})", "Stop the transfer"))
            {
                continue;
            }

            try
            {
                transfer.Stop();
                Await(transfer.WaitAsync, Deadline.After(TimeoutSec), "The transfer did not stop");
            }
            catch (StationException failure)
            {
                WriteFailure(failure, transfer);
            }

            if (PassThru)
            {
                WriteObject(transfer);
            }
        }
    }
}
