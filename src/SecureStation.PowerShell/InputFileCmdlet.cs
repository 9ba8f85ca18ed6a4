using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace SecureStation.Commands;

/// <summary>What the cmdlets share that read files: -Path and -LiteralPath, one result a file.</summary>
public abstract class InputFileCmdlet : StationCmdlet
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    /// <summary>Files, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Path { get; set; } = [];

    /// <summary>Files, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        ForEachFile(Path, LiteralPath, ProcessFile);
    }

    /// <summary>Runs for each file that there is.</summary>
    private protected abstract void ProcessFile(string file);
}
