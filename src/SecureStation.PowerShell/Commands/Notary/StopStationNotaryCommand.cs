using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Notary;

namespace SecureStation.Commands;

/// <summary>Stop-StationNotary: answers no longer; what was granted is on the disk.</summary>
[Cmdlet(VerbsLifecycle.Stop, "StationNotary", SupportsShouldProcess = true)]
[OutputType(typeof(INotaryServer))]
public sealed class StopStationNotaryCommand : StationCmdlet
{
    /// <summary>The notaries.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<INotaryServer>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<INotaryServer>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public INotaryServer[] Notary { get; set; } = [];

    /// <summary>How long the answers that are on their way may take.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <summary>Writes the notary, whose log can still be read.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (INotaryServer notary in Notary)
        {
            if (!ShouldProcess(notary.Uri?.ToString() ?? notary.Id, "Stop answering as a notary"))
            {
                continue;
            }

            try
            {
                Await(_ => notary.StopAsync(), Deadline.After(TimeoutSec), "The notary did not stop");
            }
            catch (StationException failure)
            {
                WriteFailure(failure, notary);
            }

            if (PassThru)
            {
                WriteObject(notary);
            }
        }
    }
}
