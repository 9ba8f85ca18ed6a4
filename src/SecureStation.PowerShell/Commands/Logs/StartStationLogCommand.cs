using System.Management.Automation;
using SecureStation.Core.Auditing;

namespace SecureStation.Commands;

/// <summary>Start-StationLog: writes what this process's stations do into a file, line by line, until Stop-StationLog.</summary>
[Cmdlet(VerbsLifecycle.Start, "StationLog", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationLog))]
public sealed class StartStationLogCommand : StationCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The file. One that is there is gone on with.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file, taken as it stands.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Writes the log as an object.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName == LiteralPathSet ? LiteralPath : Path;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        string file = PathResolver.Unresolved(this, ParameterSetName == LiteralPathSet ? LiteralPath : Path);
        if (!ShouldProcess(file, "Write a log of what this process's stations do"))
        {
            return;
        }

        StationLog log = StationLog.Start(file);
        StationRegistry.Current.Add(log);
        WriteVerbose($"Writing to {file}, which has {log.EntryCount} entries.");
        if (PassThru)
        {
            WriteObject(log);
        }
    }
}
