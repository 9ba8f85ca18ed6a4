using SecureStation.Core.Notary.Legacy;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>
/// What the old notary signs. The original signs the hash of nothing; its description means <c>hash &lt;!&gt; stamp</c>, and can also be
/// read as the two without the delimiter.
/// </summary>
internal static class NotarySignature
{
    public static byte[] Sign(NotaryRsaKey key, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> stamp, bool signEmptyHash) =>
        key.Sign(signEmptyHash ? [] : NotaryText.Join(hash, stamp));

    /// <summary>What a signature is over.</summary>
    public static SignatureCoverage Examine(NotaryRsaKey key, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> stamp, ReadOnlySpan<byte> signature) =>
        key.Verify(NotaryText.Join(hash, stamp), signature) ? SignatureCoverage.Document
        : key.Verify([.. hash, .. stamp], signature) ? SignatureCoverage.Concatenated
        : key.Verify([], signature) ? SignatureCoverage.Empty
        : SignatureCoverage.None;
}
