using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Sealing;
using SecureStation.Core.Storage;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Unprotect-StationFile: opens sealed files. A file is there, under the name that its sender signed, only when all of it is right.</summary>
[Cmdlet(VerbsSecurity.Unprotect, "StationFile", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SealedFileResult))]
public sealed class UnprotectStationFileCommand : SealFileCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private SealReader? _reader;
    private FileTrustStore? _peers;

    /// <summary>Sealed files, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Path { get; set; } = [];

    /// <summary>Sealed files, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The folder that the opened files are kept in; the current one where none is given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string DestinationPath { get; set; } = ".";

    /// <summary>The identity for which it was sealed: its name in the key store, or a key pair from there. The sealing keys beside it open.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>Sealing keys without their identity: a name in the key store, or a file that Export-StationSealingKey wrote.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public string? SealingKey { get; set; }

    /// <summary>Files of age identities (AGE-SECRET-KEY-…) or ssh private keys.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] AgeIdentityPath { get; set; } = [];

    /// <summary>The passphrase with which the file was sealed.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? SealPassphrase { get; set; }

    /// <summary>Takes files that nobody signed, marked: not verified.</summary>
    [Parameter]
    public SwitchParameter AllowAnonymous { get; set; }

    /// <summary>Takes files of senders who are no peers, marked: not verified.</summary>
    [Parameter]
    public SwitchParameter AllowUnknownSender { get; set; }

    /// <summary>Opens plain age files, of which nothing says who made them; with -AllowAnonymous.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>The largest content of a file, in bytes.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long MaxSize { get; set; } = long.MaxValue;

    /// <summary>Replaces files.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string Activity => "Opening sealed files";

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        _peers = OpenTrustStore();
        _reader = OpenReader(KeyPair, SealingKey, AgeIdentityPath, Passphrase, SealPassphrase);
        SealReaderRules.Check(_reader, AllowAnonymous, Raw);
    }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        bool isLiteral = ParameterSetName == LiteralPathSet;
        ForEachFile(isLiteral ? LiteralPath : Path, isLiteral, OpenFile);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void OpenFile(string file)
    {
        string folder = PathResolver.Unresolved(this, DestinationPath);
        if (!Directory.Exists(folder))
        {
            throw new StationException(StationFault.NotFound, $"There is no folder '{folder}'.") { Subject = StationSubject.Folder };
        }

        if (!ShouldProcess(file, $"Open into {folder}"))
        {
            return;
        }

        OpeningTerms terms = _reader!.ToTerms(_peers!) with { AllowAnonymous = AllowAnonymous, AllowUnknownSender = AllowUnknownSender, MaxBodyLength = MaxSize };
        using FileStream source = RegularFile.OpenRead(file);
        WriteObject(WithProgress(file, options => Raw
            ? SealedFile.OpenRaw(source, System.IO.Path.Combine(folder, SealedFileName.WithoutSuffix(file)), terms, options with { Overwrite = Force })
            : SealedFile.Open(source, head => System.IO.Path.Combine(folder, SealedFileName.Of(head, file)), terms, options with { Overwrite = Force })));
    }
}
