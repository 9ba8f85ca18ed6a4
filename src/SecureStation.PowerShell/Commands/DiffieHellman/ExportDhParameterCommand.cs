using System.Management.Automation;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>Export-DhParameter: writes parameters as PKCS#3, in PEM or DER.</summary>
[Cmdlet(VerbsData.Export, "DhParameter", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportDhParameterCommand : StationCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The parameters.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public DhParameter? Parameter { get; set; }

    /// <summary>The file to be written.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file to be written, taken as it stands.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>PEM or DER.</summary>
    [Parameter]
    public DhFileFormat Format { get; set; } = DhFileFormat.Pem;

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
        if (!ShouldProcess(file, $"Write the Diffie-Hellman parameters {Parameter}"))
        {
            return;
        }

        DhFile.WriteParameter(file, Parameter!, Format, Force);
        if (PassThru)
        {
            WriteFileItem(file);
        }
    }
}
