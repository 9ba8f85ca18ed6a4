using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;
using SecureStation.Core.Storage;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Protect-StationFile: seals files for peers, signed, as age files of any size. The original stays.</summary>
[Cmdlet(VerbsSecurity.Protect, "StationFile", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SealedFileInfo))]
public sealed class ProtectStationFileCommand : SealFileCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private SealSender _sender = new();
    private FileTrustStore? _peers;
    private StationKeyPair? _keyPair;
    private int _written;

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

    /// <summary>For whom: names of peers with cards, their records, age recipients (age1…), ssh public keys (ssh-ed25519 …, ssh-rsa …).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public SealTarget[] To { get; set; } = [];

    /// <summary>Seals with a passphrase instead of for recipients: whoever knows it opens the file, and can pass it on.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? SealPassphrase { get; set; }

    /// <summary>The identity that signs: a key pair, or the name of one in the key store.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>Nobody signs: a reader takes it only with -AllowAnonymous.</summary>
    [Parameter]
    public SwitchParameter Anonymous { get; set; }

    /// <summary>Seals for all with keys that quantum computers could break, where some recipients have no others.</summary>
    [Parameter]
    public SwitchParameter AllowClassical { get; set; }

    /// <summary>How long it is good for; without it, for ever.</summary>
    [Parameter]
    public TimeSpan? ExpiresIn { get; set; }

    /// <summary>Makes a plain age file: no sender, no signature, no name.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>Writes ASCII armor, which is text and a third larger.</summary>
    [Parameter]
    public SwitchParameter Armor { get; set; }

    /// <summary>The sealed file, for one file; without it, the file's name and .age beside it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>Replaces files.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string Activity => "Sealing files";

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        if (To.Length == 0 == (SealPassphrase is null))
        {
            throw new StationException(StationFault.InvalidArgument, "A file is sealed for recipients (-To) or with a passphrase (-SealPassphrase).");
        }

        _sender = new SealSender
        {
            To = To,
            HasKeyPair = KeyPair is not null,
            Anonymous = Anonymous,
            SealPassphrase = SealPassphrase,
            AllowClassical = AllowClassical,
            ExpiresIn = ExpiresIn,
            Raw = Raw,
        };
        _sender.Check();
        _peers = OpenTrustStore();
        _keyPair = OpenKeyPair(KeyPair, Passphrase);
    }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        bool isLiteral = ParameterSetName == LiteralPathSet;
        ForEachFile(isLiteral ? LiteralPath : Path, isLiteral, SealFile);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && KeyPair?.Name is not null)
        {
            _keyPair?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void SealFile(string file)
    {
        string target = OutFile is null ? file + ".age" : PathResolver.Unresolved(this, OutFile);
        if (OutFile is not null && ++_written > 1)
        {
            throw new StationException(StationFault.InvalidArgument, "-OutFile names one file, and there is more than one to seal.");
        }

        SealingTerms terms = _sender.ToTerms(_keyPair, _peers!) with
        {
            Kind = SealedKind.File,
            Headers = [new(SealedFileName.Header, System.IO.Path.GetFileName(file))],
        };
        using SealPassphrase? passphrase = terms.Passphrase;
        SealSecrecy secrecy = terms.GetSecrecy();
        if (!ShouldProcess(file, $"Seal into {target}"))
        {
            return;
        }

        using FileStream source = RegularFile.OpenRead(file);
        WithProgress(file, options => SealedFile.Seal(source, target, terms, options with { IsArmored = Armor, IsRaw = Raw, Overwrite = Force }));
        WriteObject(new SealedFileInfo(target, new FileInfo(target).Length, secrecy, [.. terms.Recipients.Select(static one => one.Label)], terms.ExpiresAt));
    }
}
