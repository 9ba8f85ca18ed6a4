using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Sessions;

namespace SecureStation.Commands;

/// <summary>Disconnect-Station: ends sessions in order, sending first what is still to be sent.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Station", SupportsShouldProcess = true)]
[OutputType(typeof(StationSession))]
public sealed class DisconnectStationCommand : StationCmdlet
{
    /// <summary>The sessions.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationSession[] Session { get; set; } = [];

    /// <summary>Ends them at once; what is in flight is lost.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>How long a session may take to close.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <summary>Writes the session, whose messages can still be received.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (StationSession session in Session)
        {
            if (!ShouldProcess($"{session.Id} with {session.PeerName ?? session.RemoteFingerprint ?? session.RemoteAddress}", "End the session"))
            {
                continue;
            }

            try
            {
                Close(session);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, session);
            }

            if (PassThru)
            {
                WriteObject(session);
            }
        }
    }

    private void Close(StationSession session)
    {
        if (Force)
        {
            session.Abort();
            return;
        }

        Await(session.CloseAsync, Deadline.After(TimeoutSec), "The session did not close");
        if (session.MessagesUndelivered > 0)
        {
            throw new StationException(
                StationFault.Undelivered,
                string.Create(CultureInfo.InvariantCulture, $"The session ended before the peer had {session.MessagesUndelivered} of the messages sent."));
        }
    }
}
