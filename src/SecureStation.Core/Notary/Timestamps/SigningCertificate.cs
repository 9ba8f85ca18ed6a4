using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary.Timestamps;

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

    /// <summary>Whether one of the signed attributes names the certificate: SigningCertificateV2, or SigningCertificate with its SHA-1.</summary>
    /// <exception cref="AsnContentException">An attribute is not well-formed.</exception>
    public static bool Names(CryptographicAttributeObjectCollection signedAttributes, X509Certificate2 certificate)
    {
        foreach (CryptographicAttributeObject attribute in signedAttributes)
        {
            if (attribute.Oid.Value is TimestampOids.SigningCertificate or TimestampOids.SigningCertificateV2 && attribute.Values.Count == 1)
            {
                return NamesFirst(attribute.Values[0].RawData, attribute.Oid.Value == TimestampOids.SigningCertificateV2, certificate);
            }
        }

        return false;
    }

    // The first ESSCertID is that of the signer (RFC 5035, 3). ESSCertID is as ESSCertIDv2, without the hashAlgorithm: SHA-1.
    private static bool NamesFirst(byte[] attribute, bool isV2, X509Certificate2 certificate)
    {
        AsnReader first = new AsnReader(attribute, AsnEncodingRules.BER).ReadSequence().ReadSequence().ReadSequence();
        HashAlgorithmName? hash = isV2 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1;
        if (isV2 && first.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            hash = TimestampOids.HashOf(first.ReadSequence().ReadObjectIdentifier());
        }

        if (hash is not { } algorithm || !first.ReadOctetString().AsSpan().SequenceEqual(certificate.GetCertHash(algorithm)))
        {
            return false;
        }

        if (!first.HasData)
        {
            return true;
        }

        AsnReader issuerSerial = first.ReadSequence();
        return NamesIssuer(issuerSerial.ReadSequence(), certificate)
            && issuerSerial.ReadInteger() == new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true);
    }

    // One directoryName (RFC 5035, 5), compared as text: some authorities write it in other string types than their certificate has.
    private static bool NamesIssuer(AsnReader generalNames, X509Certificate2 certificate)
    {
        AsnReader directoryName = generalNames.ReadSequence(TstInfo.DirectoryName);
        var name = new X500DistinguishedName(directoryName.ReadEncodedValue().Span);
        return !generalNames.HasData && name.Name.Equals(certificate.IssuerName.Name, StringComparison.OrdinalIgnoreCase);
    }
}
