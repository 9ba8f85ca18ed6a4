using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Noise;
using SecureStation.Core.Sessions;

namespace SecureStation.Commands;

/// <summary>Get-StationChannelBinding: secret bytes that both sides of a session can compute and nobody else.</summary>
[Cmdlet(VerbsCommon.Get, "StationChannelBinding")]
[OutputType(typeof(StationChannelBinding))]
public sealed class GetStationChannelBindingCommand : StationCmdlet
{
    /// <summary>The session.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>What the bytes are for; another label gives other bytes.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Label { get; set; } = "";

    /// <summary>How many bytes.</summary>
    [Parameter(Position = 2)]
    [ValidateRange(1, TransportState.MaxExportLength)]
    public int Length { get; set; } = 32;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (MessageProtector.Labels.Contains(Label))
        {
            throw new StationException(StationFault.InvalidArgument, $"The label '{Label}' gives a key of protected messages; choose another.");
        }

        WriteObject(new StationChannelBinding(Label, Session!.Id, Session.Export(Label, Length)));
    }
}
