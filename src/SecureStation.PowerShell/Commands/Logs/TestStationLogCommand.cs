using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Auditing;

namespace SecureStation.Commands;

/// <summary>Test-StationLog: whether no line of a log was changed, put in, taken out or moved; one answer for each log.</summary>
[Cmdlet(VerbsDiagnostic.Test, "StationLog", DefaultParameterSetName = PathSet)]
[OutputType(typeof(bool))]
[OutputType(typeof(StationLogReport))]
public sealed class TestStationLogCommand : StationCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>Log files, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
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

    /// <summary>The hash of an entry that must be in it: the last one at the time when somebody looked.</summary>
    [Parameter]
    [ValidatePattern("^[0-9A-Fa-f]{64}$")]
    public string? LastHash { get; set; }

    /// <summary>Writes a report instead of an answer.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        bool isLiteral = ParameterSetName == LiteralPathSet;
        foreach (string path in isLiteral ? LiteralPath : Path)
        {
            try
            {
                foreach (string file in PathResolver.Existing(this, path, isLiteral))
                {
                    StationLogReport report = Compute(token => StationLogVerifier.Verify(file, LastHash, token));
                    foreach (StationLogProblem problem in report.Problems)
                    {
                        WriteVerbose(problem.ToString());
                    }

                    WriteObject(Detailed ? report : report.IsValid);
                }
            }
            catch (StationException failure)
            {
                WriteFailure(failure, path);
            }
        }
    }
}
