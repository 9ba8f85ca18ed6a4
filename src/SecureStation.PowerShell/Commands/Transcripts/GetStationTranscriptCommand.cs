using System.Management.Automation;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transcripts;

namespace SecureStation.Commands;

/// <summary>Get-StationTranscript: what went over the wire in a handshake, and who took part.</summary>
[Cmdlet(VerbsCommon.Get, "StationTranscript", DefaultParameterSetName = SessionSet)]
[OutputType(typeof(StationTranscript), typeof(LegacyTranscriptStep))]
public sealed class GetStationTranscriptCommand : StationCmdlet
{
    private const string SessionSet = "Session";
    private const string HandshakeSet = "Handshake";

    /// <summary>The session.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>The handshake by hand, as far as it has come.</summary>
    [Parameter(ParameterSetName = HandshakeSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.VariableCompleter<ManualHandshake>))]
    public ManualHandshake? Handshake { get; set; }

    /// <summary>Gives the secrets too, of the old, insecure protocols only.</summary>
    [Parameter(ParameterSetName = SessionSet)]
    public SwitchParameter IncludeSecret { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => (object?)Session ?? Handshake;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == HandshakeSet)
        {
            WriteObject(StationTranscript.Of(Handshake!));
        }
        else if (IncludeSecret || Session!.ProtocolSteps.Count > 0)
        {
            WriteObject(LegacyTranscriptStep.Of(Session!, IncludeSecret), enumerateCollection: true);
        }
        else
        {
            WriteObject(StationTranscript.Of(Session));
        }
    }
}
