using System.Management.Automation;
using SecureStation.Core.Receipts;

namespace SecureStation.Commands;

/// <summary>Export-StationReceipt: writes a signed receipt to a file.</summary>
[Cmdlet(VerbsData.Export, "StationReceipt", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportStationReceiptCommand : StationCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The receipt.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public ReceiptReference? Receipt { get; set; }

    /// <summary>The file to be written.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file to be written, taken as it stands.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Replaces a file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the file's FileInfo.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Receipt;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        SignedReceipt receipt = Receipt!.Resolve();
        string file = PathResolver.Unresolved(this, ParameterSetName == PathSet ? Path : LiteralPath);
        if (!ShouldProcess(file, $"Write the receipt {receipt}"))
        {
            return;
        }

        ReceiptFile.Write(file, receipt, Force);
        if (PassThru)
        {
            WriteFileItem(file);
        }
    }
}
