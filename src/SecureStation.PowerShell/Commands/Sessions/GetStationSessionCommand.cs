using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;

namespace SecureStation.Commands;

/// <summary>Get-StationSession: the sessions of this process, or of one listener.</summary>
[Cmdlet(VerbsCommon.Get, "StationSession")]
[OutputType(typeof(StationSession))]
public sealed class GetStationSessionCommand : StationCmdlet
{
    /// <summary>Ids, with wildcards, or the beginning of one, and id:initiator or id:responder where both ends are in this process.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.IdCompleter<StationSession>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <summary>The listener whose sessions are wanted.</summary>
    [Parameter(ValueFromPipeline = true)]
    [FromId<StationListener>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    public StationListener? Listener { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
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
