using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Transcripts;

namespace SecureStation.Commands;

/// <summary>Export-StationTranscript: writes a transcript as JSON, and its signature beside it.</summary>
[Cmdlet(VerbsData.Export, "StationTranscript", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportStationTranscriptCommand : KeyStoreCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The transcript, or the session or handshake whose it is.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public TranscriptReference? Transcript { get; set; }

    /// <summary>The file to be written.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file to be written, taken as it stands.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Who signs: the identity of the side that recorded it.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>The passphrase of a named key pair.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>Writes it without a signature.</summary>
    [Parameter]
    public SwitchParameter Unsigned { get; set; }

    /// <summary>Replaces files.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the file's FileInfo.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (KeyPair is not null == Unsigned)
        {
            throw new StationException(StationFault.InvalidArgument, "A transcript is signed with -KeyPair, the identity of the side that recorded it, or written with -Unsigned.");
        }

        string file = PathResolver.Unresolved(this, ParameterSetName == PathSet ? Path : LiteralPath);
        StationTranscript transcript = Transcript!.Resolve();
        if (!ShouldProcess(file, $"Write the transcript of {transcript}"))
        {
            return;
        }

        StationKeyPair? signer = OpenKeyPair(KeyPair, Passphrase);
        TranscriptFile.Write(file, transcript, signer, Force);
        if (PassThru)
        {
            WriteFileItem(file);
        }
    }
}
