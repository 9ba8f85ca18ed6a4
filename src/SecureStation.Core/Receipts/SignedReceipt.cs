using SecureStation.Core.Keys;

namespace SecureStation.Core.Receipts;

/// <summary>
/// A receipt, its receiver's signature and public key. Whoever has that key from elsewhere can verify it, without the session and without either side.
/// </summary>
public sealed class SignedReceipt
{
    private readonly byte[] _bytes;
    private readonly byte[] _signature;

    /// <exception cref="StationException"><see cref="StationFault.InvalidReceipt"/>: the bytes are no receipt.</exception>
    internal SignedReceipt(byte[] bytes, byte[] signature, StationPublicKey publicKey)
    {
        _bytes = bytes;
        _signature = signature;
        PublicKey = publicKey;
        Statement = ReceiptJson.Parse(bytes);
    }

    /// <summary>What it states.</summary>
    public ReceiptStatement Statement { get; }

    /// <summary>The receipt's bytes: JSON, as it was signed and sent.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The signature (purpose <c>receipt</c>) over <see cref="Bytes"/>.</summary>
    public ReadOnlyMemory<byte> Signature => _signature;

    /// <summary>The key that is said to have signed. It proves nothing by being here: see <see cref="ReceiptVerifier"/>.</summary>
    public StationPublicKey PublicKey { get; }

    /// <summary>Session and message.</summary>
    public override string ToString() => $"{Statement.Session}/{Statement.Message}";
}
