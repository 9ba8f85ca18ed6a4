namespace SecureStation.Core.Transfers;

/// <summary>The values of the header <c>op</c> (docs/protocol/transfer.md, section 2).</summary>
internal static class TransferOp
{
    public const string Offer = "offer";
    public const string Accept = "accept";
    public const string Credit = "credit";
    public const string Data = "data";
    public const string Leaf = "leaf";
    public const string Done = "done";
    public const string End = "end";
    public const string Cancel = "cancel";
}
