using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;

namespace SecureStation.Commands;

/// <summary>
/// What the cmdlets share that take documents: -Path and -LiteralPath, a progress bar, one result a file. Of what the pipeline and wildcards
/// bring, folders and the answers of earlier runs (.tsr, .receipt) are passed over; what is named is taken.
/// </summary>
public abstract class DocumentFileCmdlet : StationCmdlet
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    private static readonly string[] s_answers = [".tsr", ".receipt"];

    private int _count;

    /// <summary>Documents, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Path { get; set; } = [];

    /// <summary>Documents, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP", "DocumentPath")]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>What is being done, for the progress bar.</summary>
    private protected abstract string Activity { get; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        bool isLiteral = ParameterSetName == LiteralPathSet;
        foreach (string path in isLiteral ? LiteralPath : Path)
        {
            try
            {
                foreach (string file in Documents(path, isLiteral))
                {
                    WriteProgress(new ProgressRecord(0, Activity, $"{++_count}: {file}"));
                    ProcessOne(file);
                }
            }
            catch (StationException failure)
            {
                WriteFailure(failure, path);
            }
        }
    }

    private IEnumerable<string> Documents(string path, bool isLiteral)
    {
        bool isNamed = !MyInvocation.ExpectingInput && (isLiteral || !WildcardPattern.ContainsWildcardCharacters(path));
        if (!isNamed && isLiteral && Directory.Exists(PathResolver.Unresolved(this, path)))
        {
            return [];
        }

        IReadOnlyList<string> files = PathResolver.Existing(this, path, isLiteral);
        return isNamed ? files : files.Where(static file => !IsPassedOver(file));
    }

    private static bool IsPassedOver(string file) =>
        Directory.Exists(file) || s_answers.Any(answer => file.EndsWith(answer, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        if (_count > 0)
        {
            WriteProgress(new ProgressRecord(0, Activity, "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    /// <summary>Runs for each file that there is.</summary>
    private protected abstract void ProcessDocument(string file);

    // One file that fails does not take those after it along.
    private void ProcessOne(string file)
    {
        try
        {
            ProcessDocument(file);
        }
        catch (Exception failure) when (failure is StationException or IOException or UnauthorizedAccessException)
        {
            WriteFailure(failure, file);
        }
    }
}
