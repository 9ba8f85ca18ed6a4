using System.Management.Automation;
using SecureStation.Core.Transcripts.Diagrams;

namespace SecureStation.Commands;

/// <summary>ConvertTo-StationDiagram: draws a handshake as a sequence diagram.</summary>
[Cmdlet(VerbsData.ConvertTo, "StationDiagram")]
[OutputType(typeof(string))]
public sealed class ConvertToStationDiagramCommand : StationCmdlet
{
    /// <summary>The transcript, or the session or handshake whose it is.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public TranscriptReference? Transcript { get; set; }

    /// <summary>Text for a terminal, Mermaid for Markdown, Html for one file with everything in it.</summary>
    [Parameter(Position = 1)]
    public DiagramFormat As { get; set; } = DiagramFormat.Text;

    /// <inheritdoc/>
    protected override void ProcessInput() => WriteObject(TranscriptDiagram.Draw(Transcript!.Resolve(), As));
}
