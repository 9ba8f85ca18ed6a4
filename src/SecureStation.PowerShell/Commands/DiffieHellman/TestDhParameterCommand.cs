using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>Test-DhParameter: whether parameters may be used; one answer for each.</summary>
[Cmdlet(VerbsDiagnostic.Test, "DhParameter", DefaultParameterSetName = ParameterSet)]
[OutputType(typeof(bool))]
[OutputType(typeof(DhParameterReport))]
public sealed class TestDhParameterCommand : DhCmdlet
{
    private const string ParameterSet = "Parameter";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The parameters.</summary>
    [Parameter(ParameterSetName = ParameterSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public DhParameter[] Parameter { get; set; } = [];

    /// <summary>Files of parameters, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Path { get; set; } = [];

    /// <summary>Files of parameters, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Writes a report instead of an answer.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == ParameterSet)
        {
            foreach (DhParameter parameter in Parameter)
            {
                Answer(parameter);
            }

            return;
        }

        ForEachFile(Path, LiteralPath, AnswerFile);
    }

    private void AnswerFile(string file)
    {
        DhParameter parameter;
        try
        {
            parameter = DhFile.ReadParameter(file);
        }
        catch (StationException malformed) when (malformed.Fault == StationFault.InvalidParameter && !Detailed)
        {
            // What is no file of parameters is not one of good ones; of a report there is nothing to write.
            WriteVerbose(malformed.Message);
            WriteObject(false);
            return;
        }

        Answer(parameter);
    }

    private void Answer(DhParameter parameter)
    {
        DhParameterReport report = Compute(parameter.Test);
        WriteObject(Detailed ? report : AllowWeakParameter ? report.IsAcceptableIfWeakAllowed : report.IsAcceptable);
    }
}
