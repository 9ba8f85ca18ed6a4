using System.Management.Automation;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Serialization;

namespace SecureStation.Commands;

/// <summary>Protect-StationMessage: encrypts messages for any channel, with keys of a session that are its own.</summary>
[Cmdlet(VerbsSecurity.Protect, "StationMessage")]
[OutputType(typeof(ProtectedMessage))]
public sealed class ProtectStationMessageCommand : StationCmdlet
{
    /// <summary>The session.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    public StationSession? Session { get; set; }

    /// <summary>What to protect. It binds by value only, because users' objects have properties of all names.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    /// <summary>How many levels of an object are kept as what they are; deeper ones as text.</summary>
    [Parameter]
    [ValidateRange(0, ObjectBody.MaxDepth - 1)]
    public int Depth { get; set; } = ObjectBody.DefaultDepth;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        // Not WriteError: an array of a million bytes would give a million errors.
        if (InputObject is byte or PSObject { BaseObject: byte })
        {
            ThrowTerminatingError(StationErrors.Record(
                "A single byte came down the pipeline: PowerShell has taken an array apart. Nothing of it was protected.", StationErrors.UnrolledBytes, InputObject));
        }

        try
        {
            OutgoingMessage message = MessageBodies.ToMessage(InputObject, Depth, inReplyTo: 0, () => StopToken.IsCancellationRequested);
            WriteObject(Session!.Protector.Protect(message));
        }
        catch (SecretException refused)
        {
            WriteError(StationErrors.Record(refused, StationErrors.SecretRefused, InputObject));
        }
    }
}
