using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>New-DhParameter: a known group, or a safe prime that is generated now.</summary>
[Cmdlet(VerbsCommon.New, "DhParameter", DefaultParameterSetName = GroupSet)]
[OutputType(typeof(DhParameter))]
public sealed class NewDhParameterCommand : DhCmdlet
{
    private const string GroupSet = "Group";
    private const string GenerateSet = "Generate";

    /// <summary>Names of known groups.</summary>
    [Parameter(ParameterSetName = GroupSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.DhGroupCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Group { get; set; } = [];

    /// <summary>The size of the prime.</summary>
    [Parameter(ParameterSetName = GenerateSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public int Bits { get; set; }

    /// <summary>The generator.</summary>
    [Parameter(ParameterSetName = GenerateSet, ValueFromPipelineByPropertyName = true)]
    [ValidateSet("2", "3", "5")]
    public int Generator { get; set; } = 2;

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName == GenerateSet ? Bits : null;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == GenerateSet)
        {
            WriteObject(Generate());
            return;
        }

        foreach (string name in Group)
        {
            try
            {
                WriteObject(DhGroup.Get(name).Parameter);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, name);
            }
        }
    }

    private DhParameter Generate()
    {
        var record = new ProgressRecord(0, string.Create(CultureInfo.InvariantCulture, $"Searching a safe prime of {Bits} bits"), "Sieving");
        var progress = new PostedProgress(step => Post(() => Show(record, step)));
        DhParameter parameter = Await(
            token => DhParameter.GenerateAsync(Bits, Generator, AllowWeakParameter, progress, token),
            Deadline.After(Deadline.Infinite),
            "No prime was found");
        record.RecordType = ProgressRecordType.Completed;
        WriteProgress(record);
        this.WarnIfWeak(parameter);
        return parameter;
    }

    // The search has no known end: the bar shows the chance that it is over by now.
    private void Show(ProgressRecord record, DhGenerationProgress step)
    {
        record.StatusDescription = string.Create(
            CultureInfo.InvariantCulture, $"{step.Candidates} candidates of {step.Expected:0} on average, {step.Elapsed.TotalSeconds:0} s");
        record.PercentComplete = step.PercentLikely;
        WriteProgress(record);
    }

    private sealed class PostedProgress(Action<DhGenerationProgress> post) : IProgress<DhGenerationProgress>
    {
        public void Report(DhGenerationProgress value) => post(value);
    }
}
