using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Listening;

namespace SecureStation.Commands;

/// <summary>Stop-StationListener: listens no longer, and closes the listener's sessions in order.</summary>
[Cmdlet(VerbsLifecycle.Stop, "StationListener", SupportsShouldProcess = true)]
[OutputType(typeof(StationListener))]
public sealed class StopStationListenerCommand : StationCmdlet
{
    /// <summary>The listeners.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<StationListener>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationListener[] Listener { get; set; } = [];

    /// <summary>How long the sessions may take to close.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <summary>Writes the listener, whose messages can still be received.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (StationListener listener in Listener)
        {
            if (!ShouldProcess(string.Join(", ", listener.Addresses), "Stop listening and close all sessions"))
            {
                continue;
            }

            try
            {
                Await(listener.StopAsync, Deadline.After(TimeoutSec), "The listener's sessions did not close");
            }
            catch (StationException failure)
            {
                WriteFailure(failure, listener);
            }

            if (PassThru)
            {
                WriteObject(listener);
            }
        }
    }
}
