using SecureStation.Core;
using SecureStation.Core.Receipts;

namespace SecureStation;

/// <summary>A -Receipt: what Send-StationMessage -Receipt -Signed wrote, or what Import-StationReceipt read.</summary>
public sealed class ReceiptReference
{
    private readonly SignedReceipt? _receipt;

    /// <summary>A receipt of Send-StationMessage.</summary>
    public ReceiptReference(StationReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        _receipt = receipt.Signed;
    }

    /// <summary>A signed receipt.</summary>
    public ReceiptReference(SignedReceipt receipt) => _receipt = receipt;

    /// <summary>The signed receipt.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: it is not signed.</exception>
    internal SignedReceipt Resolve() => _receipt
        ?? throw new StationException(StationFault.InvalidArgument, "The receipt is not signed. Ask for one that is: Send-StationMessage -Receipt -Signed.");

    /// <inheritdoc/>
    public override string ToString() => _receipt?.ToString() ?? "not signed";
}
