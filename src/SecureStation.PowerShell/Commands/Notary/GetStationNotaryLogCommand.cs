using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Log;

namespace SecureStation.Commands;

/// <summary>Get-StationNotaryLog: the entries of a notary's log, or its signed head.</summary>
[Cmdlet(VerbsCommon.Get, "StationNotaryLog", DefaultParameterSetName = NotarySet)]
[OutputType(typeof(NotaryLogEntry))]
[OutputType(typeof(NotaryLogHead))]
public sealed class GetStationNotaryLogCommand : StationCmdlet
{
    private const string NotarySet = "Notary";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The notaries.</summary>
    [Parameter(ParameterSetName = NotarySet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<StationNotary>(LeavesOthers = true)]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationNotary>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationNotary[] Notary { get; set; } = [];

    /// <summary>Log files, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Path { get; set; } = [];

    /// <summary>Log files, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Writes the signed head alone, to be kept elsewhere.</summary>
    [Parameter]
    public SwitchParameter Head { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (StationNotary notary in Notary)
        {
            if (notary.Log is { } log)
            {
                Write(log.Read());
            }
            else
            {
                WriteFailure(new StationException(StationFault.NotFound, "The notary keeps no log: it was started without -LogPath.") { Subject = StationSubject.NotaryLog }, notary);
            }
        }

        ForEachFile(Path, LiteralPath, file => Write(NotaryLogFile.Read(file)));
    }

    private void Write(IEnumerable<NotaryLogEntry> entries)
    {
        NotaryLogHead? last = null;
        foreach (NotaryLogEntry entry in entries)
        {
            StopToken.ThrowIfCancellationRequested();
            last = entry.Head ?? last;
            if (!Head)
            {
                WriteObject(entry);
            }
        }

        if (Head && last is not null)
        {
            WriteObject(last);
        }
    }
}
