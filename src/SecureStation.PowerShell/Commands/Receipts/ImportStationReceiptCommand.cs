using System.Management.Automation;
using SecureStation.Core.Receipts;

namespace SecureStation.Commands;

/// <summary>Import-StationReceipt: reads signed receipts. Nothing is verified: Test-StationReceipt does that.</summary>
[Cmdlet(VerbsData.Import, "StationReceipt", DefaultParameterSetName = PathSet)]
[OutputType(typeof(SignedReceipt))]
public sealed class ImportStationReceiptCommand : InputFileCmdlet
{
    /// <inheritdoc/>
    private protected override void ProcessFile(string file) => WriteObject(ReceiptFile.Read(file));
}
