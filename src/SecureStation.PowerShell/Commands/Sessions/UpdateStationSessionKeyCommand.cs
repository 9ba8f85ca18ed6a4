using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Commands;

/// <summary>Update-StationSessionKey: changes the keys of both directions of a session, under load, without losing a message.</summary>
[Cmdlet(VerbsData.Update, "StationSessionKey", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationSession))]
public sealed class UpdateStationSessionKeyCommand : StationCmdlet
{
    /// <summary>The session.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>Writes the session.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (Session is not SecureSession { State: StationSessionState.Open } session)
        {
            throw new StationException(
                StationFault.InvalidState,
                Session is SecureSession ? $"The session is in the state {Session.State}; its keys are of no more use." : $"A session of the protocol {Session!.Protocol} without a connection, or a legacy one, has no keys to change.");
        }

        if (ShouldProcess(session.Id, "Change the keys of both directions"))
        {
            session.UpdateKeys();
            if (PassThru)
            {
                WriteObject(session);
            }
        }
    }
}
