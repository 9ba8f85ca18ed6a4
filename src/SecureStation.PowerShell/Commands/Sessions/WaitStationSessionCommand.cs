using System.Management.Automation;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;

namespace SecureStation.Commands;

/// <summary>Wait-StationSession: the next sessions that a listener has accepted, each once, in order, also one that has ended already.</summary>
[Cmdlet(VerbsLifecycle.Wait, "StationSession")]
[OutputType(typeof(StationSession))]
public sealed class WaitStationSessionCommand : StationCmdlet
{
    /// <summary>The listener.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationListener>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    public StationListener? Listener { get; set; }

    /// <summary>How many sessions.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>How long to wait for all of them.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = Deadline.Infinite;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Listener;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        Deadline deadline = Deadline.After(TimeoutSec);
        for (int taken = 0; taken < Count; taken++)
        {
            WriteObject(Await(Listener!.AcceptAsync, deadline, "No station connected"));
        }
    }
}
