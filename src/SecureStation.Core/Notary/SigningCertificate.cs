using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary;

/// <summary>The signed attribute that binds a token to one certificate: SigningCertificateV2 (RFC 5035, used by RFC 5816).</summary>
internal static class SigningCertificate
{
    // SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2 }
    // ESSCertIDv2 ::= SEQUENCE {
    //     hashAlgorithm  AlgorithmIdentifier DEFAULT id-sha256,      -- left out
    //     certHash       OCTET STRING,
    //     issuerSerial   SEQUENCE { issuer GeneralNames, serialNumber INTEGER } OPTIONAL }
    public static byte[] Encode(X509Certificate2 certificate)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteOctetString(certificate.GetCertHash(HashAlgorithmName.SHA256));
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                using (writer.PushSequence(TstInfo.DirectoryName))
                {
                    writer.WriteEncodedValue(certificate.IssuerName.RawData);
                }

                writer.WriteInteger(new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true));
            }
        }

        return writer.Encode();
    }
}
