using System.Management.Automation;
using System.Security;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>Export-DhKeyPair: writes a key pair, or its public half, as a PEM file.</summary>
[Cmdlet(VerbsData.Export, "DhKeyPair", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportDhKeyPairCommand : StationCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The key pair.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public DhKeyPair? KeyPair { get; set; }

    /// <summary>The file to be written.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
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

    /// <summary>How a finite-field key is written: Pkcs3 is openssl's DH, X942 its DHX.</summary>
    [Parameter]
    public DhKeyFormat Format { get; set; } = DhKeyFormat.Pkcs3;

    /// <summary>Encrypts the file.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>Replaces a file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the file's FileInfo.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName == PathSet ? Path : LiteralPath;

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
            DhFile.WritePublicKey(file, KeyPair!.PublicKey, Force, Format);
        }
        else
        {
            using var text = new PassphraseText(Passphrase);
            DhFile.WriteKeyPair(file, KeyPair!, text.Span, Force, Format);
            this.SayIfInClear(Passphrase, file);
        }

        if (PassThru)
        {
            WriteFileItem(file);
        }
    }
}
