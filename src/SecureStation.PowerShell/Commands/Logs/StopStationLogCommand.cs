using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Auditing;

namespace SecureStation.Commands;

/// <summary>Stop-StationLog: writes what has happened until now, and closes the log.</summary>
[Cmdlet(VerbsLifecycle.Stop, "StationLog", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationLog))]
public sealed class StopStationLogCommand : LogCmdlet
{
    /// <summary>How long the disk may take.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <summary>Writes the log as an object: its last hash can be kept elsewhere.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    private protected override void Process(StationLog log)
    {
        if (!ShouldProcess(log.Path, "Stop writing the log"))
        {
            return;
        }

        try
        {
            Await(_ => log.StopAsync(), Deadline.After(TimeoutSec), "The log was not written");
        }
        catch (StationException failure)
        {
            WriteFailure(failure, log);
        }

        if (PassThru)
        {
            WriteObject(log);
        }
    }
}
