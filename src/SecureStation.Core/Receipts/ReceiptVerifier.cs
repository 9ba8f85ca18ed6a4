using SecureStation.Core.Keys;

namespace SecureStation.Core.Receipts;

/// <summary>Verifies a signed receipt for a key that is known from elsewhere.</summary>
public static class ReceiptVerifier
{
    /// <summary>Whether the receipt is that key's.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="expected">The fingerprint of whoever is to have received the message.</param>
    public static ReceiptReport Verify(SignedReceipt receipt, Fingerprint expected)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(expected);
        var failed = new List<string>();
        if (receipt.PublicKey.Fingerprint != expected)
        {
            failed.Add($"It is signed by {receipt.PublicKey.Fingerprint}, not by {expected}.");
        }

        if (receipt.Statement.Receiver != receipt.PublicKey.Fingerprint.ToString())
        {
            failed.Add($"It names {receipt.Statement.Receiver} as the receiver, and has another's key.");
        }

        if (!receipt.PublicKey.Verify(SignaturePurpose.Receipt, receipt.Bytes.Span, receipt.Signature.Span))
        {
            failed.Add("The signature is not that key's over these bytes.");
        }

        return new ReceiptReport(receipt, failed);
    }
}
