using System.Management.Automation;
using SecureStation.Core.Transcripts;

namespace SecureStation.Commands;

/// <summary>Import-StationTranscript: reads transcripts and the signatures beside them. Nothing is verified: Test-StationTranscript does that.</summary>
[Cmdlet(VerbsData.Import, "StationTranscript", DefaultParameterSetName = PathSet)]
[OutputType(typeof(StationTranscript))]
public sealed class ImportStationTranscriptCommand : InputFileCmdlet
{
    /// <inheritdoc/>
    private protected override void ProcessFile(string file) => WriteObject(TranscriptFile.Read(file));
}
