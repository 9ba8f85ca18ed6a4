using System.Management.Automation;
using SecureStation.Core.Sessions;
using SecureStation.Serialization;

namespace SecureStation.Commands;

/// <summary>Unprotect-StationMessage: reads what the peer's Protect-StationMessage wrote.</summary>
[Cmdlet(VerbsSecurity.Unprotect, "StationMessage")]
[OutputType(typeof(StationMessage))]
public sealed class UnprotectStationMessageCommand : StationCmdlet
{
    /// <summary>The session.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>The protected message: the object, its base64 or hex, or its bytes.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromBytes(typeof(ProtectedMessageReference))]
    public ProtectedMessageReference? Message { get; set; }

    /// <summary>Takes messages in any order, each once, up to 1,023 behind the newest: for channels that lose and reorder.</summary>
    [Parameter]
    public SwitchParameter AllowReorder { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session;

    /// <inheritdoc/>
    protected override void ProcessInput() =>
        WriteObject(MessageBodies.Read(Session!.Protector.Unprotect(Message!.Resolve(), AllowReorder)));
}
