using System.Management.Automation;
using SecureStation.Core.Auditing;

namespace SecureStation.Commands;

/// <summary>Test-StationLog: whether no line of a log was changed, put in, taken out or moved; one answer for each log.</summary>
[Cmdlet(VerbsDiagnostic.Test, "StationLog", DefaultParameterSetName = PathSet)]
[OutputType(typeof(bool))]
[OutputType(typeof(StationLogReport))]
public sealed class TestStationLogCommand : InputFileCmdlet
{
    /// <summary>The hash of an entry that must be in it: the last one at the time when somebody looked.</summary>
    [Parameter]
    [ValidatePattern("^[0-9A-Fa-f]{64}$")]
    public string? LastHash { get; set; }

    /// <summary>Writes a report instead of an answer.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    private protected override void ProcessFile(string file)
    {
        StationLogReport report = Compute(token => StationLogVerifier.Verify(file, LastHash, token));
        foreach (StationLogProblem problem in report.Problems)
        {
            WriteVerbose(problem.ToString());
        }

        WriteObject(Detailed ? report : report.IsValid);
    }
}
