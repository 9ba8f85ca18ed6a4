using System.Management.Automation;
using System.Security;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>Import-StationSealingKey: puts the sealing keys of an identity, made on another machine, into the key store of this one.</summary>
[Cmdlet(VerbsData.Import, "StationSealingKey", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationSealingKey))]
public sealed class ImportStationSealingKeyCommand : SealingKeyCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The file that Export-StationSealingKey wrote.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>The name in the key store: where there are sealing keys of the same identity, these are added.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The passphrase in the key store, instead of -Passphrase, which opens the file.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? NewPassphrase { get; set; }

    /// <summary>Replaces sealing keys of another identity.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the sealing keys that the name has then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        string file = PathResolver.Existing(this, ParameterSetName == PathSet ? Path : LiteralPath, ParameterSetName != PathSet)[0];
        KeyStore folder = OpenKeyStore();
        if (!ShouldProcess($"{Name} in {folder.Directory}", $"Store the sealing keys of {file}"))
        {
            return;
        }

        var store = new SealingKeyStore(folder);
        using StationSealingKeys keys = WithPassphrase(Passphrase, text => StationSealingKeys.ReadFile(file, text));
        using StationSealingKeys stored = WithPassphrase(NewPassphrase ?? Passphrase, text =>
        {
            store.Import(Name, keys, text, Force);
            return store.Load(Name, text);
        });
        if (PassThru)
        {
            WriteKeys(folder, stored);
        }
    }
}
