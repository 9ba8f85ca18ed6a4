using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Tests.Notary;

public class SignedDataWriterTests
{
    private static readonly byte[] s_content = [0x30, 3, 2, 1, 5];

    public static TheoryData<string, bool> Cases { get; } = new MatrixTheoryData<string, bool>(["SHA256", "SHA384", "SHA512"], [true, false]);

    /// <summary>RSA's signatures are the same each time, so every byte can be compared.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_token_is_byte_for_byte_what_SignedCms_writes(string hash, bool includeCertificates)
    {
        var algorithm = new HashAlgorithmName(hash);
        X509Certificate2[] chain = [TestCertificates.Authority, TestCertificates.Ecdsa];
        using var signer = new TokenSigner(TestCertificates.Rsa, chain, algorithm);

        var cmsSigner = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, TestCertificates.Rsa)
        {
            DigestAlgorithm = new Oid(TimestampOids.Of(algorithm)),
            IncludeOption = includeCertificates ? X509IncludeOption.EndCertOnly : X509IncludeOption.None,
        };
        cmsSigner.SignedAttributes.Add(new AsnEncodedData(new Oid(TimestampOids.SigningCertificateV2), SigningCertificate.Encode(TestCertificates.Rsa)));
        if (includeCertificates)
        {
            cmsSigner.Certificates.AddRange(chain);
        }

        var cms = new SignedCms(new ContentInfo(new Oid(TimestampOids.TstInfo), s_content), detached: false);
        cms.ComputeSignature(cmsSigner, silent: true);
        Assert.Equal(Convert.ToHexString(cms.Encode()), Convert.ToHexString(signer.Sign(s_content, includeCertificates)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_token_by_ECDSA_verifies(string hash, bool includeCertificates)
    {
        using var signer = new TokenSigner(TestCertificates.Ecdsa, [], new HashAlgorithmName(hash));
        var cms = new SignedCms();
        cms.Decode(signer.Sign(s_content, includeCertificates));
        cms.CheckSignature(new X509Certificate2Collection(TestCertificates.Ecdsa), verifySignatureOnly: true);
        Assert.Equal(s_content, cms.ContentInfo.Content);
        Assert.Equal(includeCertificates ? 1 : 0, cms.Certificates.Count);
    }
}
