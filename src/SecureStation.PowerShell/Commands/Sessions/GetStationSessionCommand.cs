using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.State;

namespace SecureStation.Commands;

/// <summary>Get-StationSession: the sessions of this process, or of one listener.</summary>
[Cmdlet(VerbsCommon.Get, "StationSession", DefaultParameterSetName = SessionSet)]
[OutputType(typeof(StationSession), ParameterSetName = [SessionSet])]
[OutputType(typeof(StateSession), ParameterSetName = [StateSet])]
public sealed class GetStationSessionCommand : StationCmdlet
{
    private const string SessionSet = "Session";
    private const string StateSet = "State";

    /// <summary>Ids, with wildcards, or the beginning of one, and id:initiator or id:responder where both ends are in this process.</summary>
    [Parameter(ParameterSetName = SessionSet, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.IdCompleter<StationSession>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <summary>The listener whose sessions are wanted.</summary>
    [Parameter(ParameterSetName = SessionSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationListener>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    public StationListener? Listener { get; set; }

    /// <summary>The state whose sessions are wanted, with what waits in them.</summary>
    [Parameter(ParameterSetName = StateSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string StatePath { get; set; } = "";

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName == StateSet ? StatePath : null;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == StateSet)
        {
            WriteObject(StationState.List(PathResolver.Unresolved(this, StatePath)), enumerateCollection: true);
            return;
        }

        IReadOnlyList<StationSession> among = Listener?.Sessions ?? IdKinds.Sessions.All;
        foreach (string id in Id)
        {
            try
            {
                WriteObject(IdKinds.Sessions.Select(id, among), enumerateCollection: true);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, id);
            }
        }
    }
}
