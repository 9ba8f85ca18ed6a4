using System.Management.Automation;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Commands;

/// <summary>Protect-StationMessage: encrypts messages for any channel, with keys of a session that are its own.</summary>
[Cmdlet(VerbsSecurity.Protect, "StationMessage")]
[OutputType(typeof(ProtectedMessage))]
public sealed class ProtectStationMessageCommand : MessageInputCmdlet
{
    /// <summary>The session.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (TryMakeMessage(inReplyTo: 0, out OutgoingMessage? message))
        {
            WriteObject(Session!.Protector.Protect(message));
        }
    }
}
