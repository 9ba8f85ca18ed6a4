using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Tests.Notary;

/// <summary>A token by a certificate that an authority would not sign with.</summary>
internal static class UnsuitableToken
{
    public static byte[] Sign(X509Certificate2 certificate, TimeStampRequest request, DateTimeOffset time, byte[]? signingCertificate = null)
    {
        AsnReader query = new AsnReader(request.ToBytes(), AsnEncodingRules.DER).ReadSequence();
        query.ReadInteger();
        byte[] info = new TstInfo
        {
            Policy = "1.2.3",
            MessageImprint = query.ReadEncodedValue(),
            SerialNumber = RandomNumberGenerator.GetBytes(16),
            Time = time,
        }.Encode();
        var signer = new CmsSigner(certificate) { IncludeOption = X509IncludeOption.EndCertOnly };
        signer.SignedAttributes.Add(new AsnEncodedData(new Oid(TimestampOids.SigningCertificateV2), signingCertificate ?? SigningCertificate.Encode(certificate)));
        var cms = new SignedCms(new ContentInfo(new Oid(TimestampOids.TstInfo), info), detached: false);
        cms.ComputeSignature(signer);
        return cms.Encode();
    }
}
