using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>
/// Writes the SignedData of tokens (RFC 5652; RFC 3161, 2.4.2), in DER, by one signer. What is the same in all of them is encoded once:
/// the BCL's SignedCms, which reads what it wrote, takes four times as long as a signature by P-256.
/// <code>
/// ContentInfo ::= SEQUENCE { id-signedData, [0] SEQUENCE {
///     version           3
///     digestAlgorithms  SET { AlgorithmIdentifier }
///     encapContentInfo  SEQUENCE { id-ct-TSTInfo, [0] OCTET STRING { TSTInfo } }
///     certificates  [0] SET OF Certificate OPTIONAL
///     signerInfos       SET { SEQUENCE {
///         version             1
///         sid                 SEQUENCE { issuer Name, serialNumber INTEGER }
///         digestAlgorithm     AlgorithmIdentifier
///         signedAttrs     [0] SET { contentType, messageDigest, signingCertificateV2 }
///         signatureAlgorithm  AlgorithmIdentifier
///         signature           OCTET STRING } } } }
/// </code>
/// </summary>
internal sealed class SignedDataWriter
{
    private static readonly Asn1Tag s_context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    private readonly HashAlgorithmName _hash;
    private readonly byte[] _signer;
    private readonly byte[] _digestAlgorithm;
    private readonly byte[] _signatureAlgorithm;
    private readonly byte[] _contentType;
    private readonly byte[] _signingCertificate;
    private readonly byte[][] _certificates;

    /// <param name="certificate">The signer's.</param>
    /// <param name="chain">Certificates that go along with it.</param>
    /// <param name="hash">The hash under the signature.</param>
    public SignedDataWriter(X509Certificate2 certificate, IEnumerable<X509Certificate2> chain, HashAlgorithmName hash)
    {
        _hash = hash;
        _signer = Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(certificate.IssuerName.RawData);
                writer.WriteInteger(new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true));
            }
        });
        _digestAlgorithm = Algorithm(TimestampOids.Of(hash));
        _signatureAlgorithm = Algorithm(certificate.GetKeyAlgorithm() == TimestampOids.Rsa ? TimestampOids.Rsa : TimestampOids.EcdsaWith(hash));
        _contentType = Attribute(TimestampOids.ContentType, static writer => writer.WriteObjectIdentifier(TimestampOids.TstInfo));
        _signingCertificate = Attribute(TimestampOids.SigningCertificateV2, writer => writer.WriteEncodedValue(SigningCertificate.Encode(certificate)));
        _certificates = [.. chain.Prepend(certificate).Select(static one => one.RawData)];
    }

    /// <summary>The token over a TSTInfo.</summary>
    /// <param name="tstInfo">The DER of the TSTInfo.</param>
    /// <param name="includeCertificates">Whether the certificates go along.</param>
    /// <param name="sign">Signs the bytes it is given, with the hash of the constructor.</param>
    public byte[] Write(byte[] tstInfo, bool includeCertificates, Func<byte[], byte[]> sign)
    {
        byte[] digest = CryptographicOperations.HashData(_hash, tstInfo);
        byte[] attributes = Encode(writer =>
        {
            using (writer.PushSetOf())
            {
                writer.WriteEncodedValue(_contentType);
                writer.WriteEncodedValue(Attribute(TimestampOids.MessageDigest, inner => inner.WriteOctetString(digest)));
                writer.WriteEncodedValue(_signingCertificate);
            }
        });

        // The signature is over the SET OF; what stands in the SignerInfo has the tag [0] in its place (RFC 5652, 5.4).
        byte[] signature = sign(attributes);
        attributes[0] = 0xA0;
        return Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(TimestampOids.SignedData);
                using (writer.PushSequence(s_context0))
                using (writer.PushSequence())
                {
                    writer.WriteInteger(3);
                    using (writer.PushSetOf())
                    {
                        writer.WriteEncodedValue(_digestAlgorithm);
                    }

                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(TimestampOids.TstInfo);
                        using (writer.PushSequence(s_context0))
                        {
                            writer.WriteOctetString(tstInfo);
                        }
                    }

                    if (includeCertificates)
                    {
                        using (writer.PushSetOf(s_context0))
                        {
                            foreach (byte[] certificate in _certificates)
                            {
                                writer.WriteEncodedValue(certificate);
                            }
                        }
                    }

                    using (writer.PushSetOf())
                    {
                        WriteSigner(writer, attributes, signature);
                    }
                }
            }
        });
    }

    private void WriteSigner(AsnWriter writer, byte[] attributes, byte[] signature)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteEncodedValue(_signer);
            writer.WriteEncodedValue(_digestAlgorithm);
            writer.WriteEncodedValue(attributes);
            writer.WriteEncodedValue(_signatureAlgorithm);
            writer.WriteOctetString(signature);
        }
    }

    private static byte[] Attribute(string type, Action<AsnWriter> writeValue) => Encode(writer =>
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(type);
            using (writer.PushSetOf())
            {
                writeValue(writer);
            }
        }
    });

    // Without parameters, as RFC 5754 has it and SignedCms writes it, for rsaEncryption too: everybody reads both.
    private static byte[] Algorithm(string oid) => Encode(writer =>
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
        }
    });

    private static byte[] Encode(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }
}
