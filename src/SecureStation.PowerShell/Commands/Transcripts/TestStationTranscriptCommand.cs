using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Transcripts;

namespace SecureStation.Commands;

/// <summary>Test-StationTranscript: verifies what a transcript claims; with -Detailed says what could be checked and what could not.</summary>
[Cmdlet(VerbsDiagnostic.Test, "StationTranscript", DefaultParameterSetName = TranscriptSet)]
[OutputType(typeof(bool), typeof(TranscriptReport))]
public sealed class TestStationTranscriptCommand : StationCmdlet
{
    private const string TranscriptSet = "Transcript";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The transcript, or the session or handshake whose it is.</summary>
    [Parameter(ParameterSetName = TranscriptSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public TranscriptReference? Transcript { get; set; }

    /// <summary>Its file, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Its file, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Who must have signed it. Without it the signature of whoever the file names is accepted.</summary>
    [Parameter]
    [FingerprintSource]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>Lets a file without a signature pass.</summary>
    [Parameter]
    public SwitchParameter AllowUnsigned { get; set; }

    /// <summary>Writes the report instead of true or false.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName switch
    {
        PathSet => Path,
        LiteralPathSet => LiteralPath,
        _ => Transcript,
    };

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == TranscriptSet)
        {
            Test(Transcript!.Resolve());
            return;
        }

        bool isLiteral = ParameterSetName == LiteralPathSet;
        foreach (string file in PathResolver.Existing(this, isLiteral ? LiteralPath : Path, isLiteral))
        {
            TestFile(file);
        }
    }

    private void TestFile(string file)
    {
        try
        {
            Test(TranscriptFile.Read(file));
        }
        catch (StationException notOne) when (notOne.Fault == StationFault.InvalidTranscript && !Detailed)
        {
            // What is no transcript is not a valid one.
            WriteVerbose(notOne.Message);
            WriteObject(false);
        }
        catch (StationException failure)
        {
            WriteFailure(failure, file);
        }
    }

    private void Test(StationTranscript transcript)
    {
        TranscriptReport report = TranscriptVerifier.Verify(transcript, Fingerprint, AllowUnsigned);
        foreach (TranscriptCheck check in report.Checks)
        {
            WriteVerbose(check.ToString());
        }

        WriteObject(Detailed ? report : report.IsValid);
    }
}
