using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>Export-StationSealingKey: writes the sealing keys of an identity, encrypted, for another machine. The identity itself stays.</summary>
[Cmdlet(VerbsData.Export, "StationSealingKey", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportStationSealingKeyCommand : SealingKeyCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The name in the key store.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("KeyPair")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The file to be written.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file to be written, taken as it stands.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Encrypts the file instead of -Passphrase; needed where the keys have none.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? NewPassphrase { get; set; }

    /// <summary>Replaces a file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the file's FileInfo.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    private protected override string WithoutPassphrase => "sealing keys leave the key store encrypted only";

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        SecureString passphrase = NewPassphrase ?? Passphrase
            ?? throw new StationException(StationFault.InvalidArgument, "Sealing keys leave the key store encrypted only: give -NewPassphrase.");
        string file = PathResolver.Unresolved(this, ParameterSetName == PathSet ? Path : LiteralPath);
        KeyStore folder = OpenKeyStore();
        if (!ShouldProcess(file, $"Write the sealing keys of {Name}, encrypted"))
        {
            return;
        }

        using StationSealingKeys keys = WithPassphrase(Passphrase, text => new SealingKeyStore(folder).Load(Name, text));
        _ = WithPassphrase(passphrase, text =>
        {
            keys.ToCopy().WriteFile(file, text, Force);
            return true;
        });
        if (PassThru)
        {
            WriteFileItem(file);
        }
    }
}
