using System.Management.Automation;
using System.Security;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Commands;

/// <summary>Export-StationKeyPair: writes a key pair, or its public half, as a PEM file or as OpenSSH's.</summary>
[Cmdlet(VerbsData.Export, "StationKeyPair", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportStationKeyPairCommand : KeyStoreCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The key pair, or its name in the key store.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Name")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>The file to be written.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file to be written, taken as it stands.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Writes the public key alone.</summary>
    [Parameter]
    public SwitchParameter PublicOnly { get; set; }

    /// <summary>Pkcs8 for openssl and most else, OpenSsh for ssh.</summary>
    [Parameter]
    public KeyFileFormat Format { get; set; } = KeyFileFormat.Pkcs8;

    /// <summary>Opens a named key, and encrypts the file.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>Encrypts the file instead of -Passphrase.</summary>
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
    protected override object? ErrorTarget => KeyPair;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        string file = PathResolver.Unresolved(this, ParameterSetName == PathSet ? Path : LiteralPath);
        if (!ShouldProcess(file, $"Write the {(PublicOnly ? "public key" : "key pair")} {KeyPair}"))
        {
            return;
        }

        if (PublicOnly)
        {
            KeyFile.WritePublic(file, PublicKey(), Force, Format);
        }
        else
        {
            WritePrivate(file);
        }

        if (PassThru)
        {
            WriteFileItem(file);
        }
    }

    // The public half of a named key lies beside it, so it takes no passphrase.
    private StationPublicKey PublicKey()
    {
        if (KeyPair!.KeyPair is { } keyPair)
        {
            return keyPair.PublicKey;
        }

        KeyStore store = KeyPair.Directory is null ? OpenKeyStore() : new KeyStore(KeyPair.Directory);
        KeyStoreEntry? entry = store.List().FirstOrDefault(entry => entry.Name == KeyPair.Name);
        return entry?.PublicKey ?? OpenKeyPair(KeyPair, Passphrase)!.PublicKey;
    }

    private void WritePrivate(string file)
    {
        StationKeyPair keyPair = OpenKeyPair(KeyPair, Passphrase)!;
        using var text = new PassphraseText(NewPassphrase ?? Passphrase);
        KeyFile.WritePrivate(file, keyPair, text.Span, Force, Format);
        this.SayIfInClear(NewPassphrase ?? Passphrase, file);
    }
}
