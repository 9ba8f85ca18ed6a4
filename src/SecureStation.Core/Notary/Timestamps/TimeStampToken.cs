using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>
/// A signed statement that a hash existed at a time: TimeStampToken (RFC 3161, 2.4.2). Reading it checks nothing but its form;
/// see <see cref="TimestampVerifier"/>.
/// </summary>
public sealed class TimeStampToken
{
    private readonly byte[] _encoded;
    private readonly SignedCms _cms;

    private TimeStampToken(byte[] encoded, SignedCms cms, Rfc3161TimestampTokenInfo info)
    {
        _encoded = encoded;
        _cms = cms;
        Time = info.Timestamp;
        Policy = info.PolicyId.Value!;
        SerialNumber = Convert.ToHexStringLower(TrimSign(info.GetSerialNumber().Span));
        HashAlgorithmOid = info.HashAlgorithmId.Value!;
        Hash = info.GetMessageHash();
        Nonce = info.GetNonce();
        Accuracy = info.AccuracyInMicroseconds is { } microseconds ? TimeSpan.FromMicroseconds(microseconds) : null;
        IsOrdering = info.IsOrdering;
    }

    /// <summary>The time, in UTC.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>How far <see cref="Time"/> may be off, either way; null where the authority does not say.</summary>
    public TimeSpan? Accuracy { get; }

    /// <summary>Whether this authority's tokens can be ordered by their time alone.</summary>
    public bool IsOrdering { get; }

    /// <summary>The policy under which it was issued, a dotted OID.</summary>
    public string Policy { get; }

    /// <summary>The authority's number of this token, in lower-case hex.</summary>
    public string SerialNumber { get; }

    /// <summary>The hash algorithm; null where it is none of those accepted here.</summary>
    public HashAlgorithmName? HashAlgorithm => TimestampOids.HashOf(HashAlgorithmOid);

    /// <summary>The hash algorithm's OID.</summary>
    public string HashAlgorithmOid { get; }

    /// <summary>The document's hash.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>The request's nonce, big-endian; null for none.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; }

    /// <summary>The certificates in the token: the authority's own, perhaps others; none where the request did not ask for them.</summary>
    public IReadOnlyList<X509Certificate2> Certificates => _cms.Certificates.ToArray();

    /// <summary>Reads a token from its DER.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TimestampMalformed"/></exception>
    public static TimeStampToken Parse(ReadOnlyMemory<byte> encoded)
    {
        if (encoded.Length > TimeStampResponse.MaxSize)
        {
            throw new StationException(StationFault.TimestampMalformed, $"A timestamp token of {encoded.Length} bytes is too large.");
        }

        byte[] copy = encoded.ToArray();
        try
        {
            // Not Rfc3161TimestampToken: it refuses what is well-formed too, without saying why, where a certificate will not do.
            var cms = new SignedCms();
            cms.Decode(copy);
            if (new AsnReader(copy, AsnEncodingRules.BER).ReadEncodedValue().Length == copy.Length
                && cms.ContentInfo.ContentType.Value == TimestampOids.TstInfo
                && cms.SignerInfos.Count == 1
                && Rfc3161TimestampTokenInfo.TryDecode(cms.ContentInfo.Content, out Rfc3161TimestampTokenInfo? info, out int consumed)
                && consumed == cms.ContentInfo.Content.Length
                && info.Version == 1)
            {
                return new TimeStampToken(copy, cms, info);
            }
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentException or OverflowException or InvalidOperationException)
        {
            throw new StationException(StationFault.TimestampMalformed, "The timestamp token is not well-formed.", e);
        }

        throw new StationException(StationFault.TimestampMalformed, "The timestamp token is not well-formed.");
    }

    /// <summary>Reads a token, or the granted response that holds one: either may be in a <c>.tsr</c> file.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.TimestampMalformed"/>; <see cref="StationFault.TimestampRejected"/>: a response without a token.
    /// </exception>
    public static TimeStampToken ParseFile(ReadOnlyMemory<byte> encoded)
    {
        // A token begins with the OID of signedData, a response with a SEQUENCE.
        TimeStampResponse response;
        try
        {
            response = TimeStampResponse.Parse(encoded);
        }
        catch (StationException)
        {
            return Parse(encoded);
        }

        return Parse(response.TokenBytes ?? throw TimestampErrors.Rejected(response));
    }

    /// <summary>The token's DER.</summary>
    public byte[] ToBytes() => (byte[])_encoded.Clone();

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Time:yyyy-MM-ddTHH:mm:ss.fffZ} {SerialNumber}");

    /// <summary>The digest that the signature is over.</summary>
    internal string SignatureDigestOid => Signer.DigestAlgorithm.Value!;

    private SignerInfo Signer => _cms.SignerInfos[0];

    /// <summary>Whether the signature is by the given certificate, and names it in a signed attribute (RFC 5816).</summary>
    internal bool VerifySignature(X509Certificate2 signer)
    {
        try
        {
            // With verifySignatureOnly it looks at no chain; contentType and messageDigest are checked all the same.
            SignerInfo info = Signer;
            info.CheckSignature([signer], verifySignatureOnly: true);
            return info.Certificate is null || info.Certificate.RawDataMemory.Span.SequenceEqual(signer.RawDataMemory.Span)
                ? SigningCertificate.Names(info.SignedAttributes, signer)
                : false;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return false;
        }
    }

    /// <summary>The certificate that the signature names, if it is in the token or among <paramref name="extra"/>.</summary>
    internal X509Certificate2? FindSigner(X509Certificate2Collection extra) =>
        Signer.Certificate ?? extra.FirstOrDefault(Signer.SignerIdentifier.MatchesCertificate);

    // A positive INTEGER whose first bit is set has a zero byte before it.
    private static ReadOnlySpan<byte> TrimSign(ReadOnlySpan<byte> integer) => integer.Length > 1 && integer[0] == 0 ? integer[1..] : integer;
}
