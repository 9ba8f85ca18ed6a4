using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Notary;

/// <summary>
/// Makes certificates for notaries of tests and small sites. Whoever needs timestamps that others believe gets a certificate from an
/// authority that they know.
/// </summary>
public static class NotaryCertificate
{
    /// <summary>Makes a certificate for a timestamp authority, with its private key.</summary>
    /// <param name="subject">An X.500 name, such as <c>CN=Notary</c>.</param>
    /// <param name="algorithm"><see cref="StationKeyAlgorithm.Rsa"/> or <see cref="StationKeyAlgorithm.EcdsaP256"/>.</param>
    /// <param name="keySize">Bits of an RSA key, 2048 to 8192; 0 is 3072.</param>
    /// <param name="notBefore">From when it is valid.</param>
    /// <param name="notAfter">Until when; no longer than the issuer's.</param>
    /// <param name="issuer">The certificate, with private key, that issues it; null makes it self-signed.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static X509Certificate2 Create(
        string subject, StationKeyAlgorithm algorithm, int keySize, DateTimeOffset notBefore, DateTimeOffset notAfter, X509Certificate2? issuer = null) =>
        Create(subject, algorithm, keySize, notBefore, notAfter, issuer, isAuthority: false);

    /// <summary>Makes a self-signed certificate, with its private key, that can issue those of timestamp authorities.</summary>
    /// <inheritdoc cref="Create(string, StationKeyAlgorithm, int, DateTimeOffset, DateTimeOffset, X509Certificate2?)"/>
    public static X509Certificate2 CreateAuthority(
        string subject, StationKeyAlgorithm algorithm, int keySize, DateTimeOffset notBefore, DateTimeOffset notAfter) =>
        Create(subject, algorithm, keySize, notBefore, notAfter, issuer: null, isAuthority: true);

    private static X509Certificate2 Create(
        string subject, StationKeyAlgorithm algorithm, int keySize, DateTimeOffset notBefore, DateTimeOffset notAfter, X509Certificate2? issuer, bool isAuthority)
    {
        if (notAfter <= notBefore)
        {
            throw new StationException(StationFault.InvalidArgument, "The certificate would end before it begins.");
        }

        if (algorithm == StationKeyAlgorithm.Rsa)
        {
            int size = keySize == 0 ? StationKeyPair.DefaultRsaKeySize : keySize;
            if (size is < StationPublicKey.MinRsaKeySize or > StationPublicKey.MaxRsaKeySize || size % 64 != 0)
            {
                throw new StationException(StationFault.InvalidArgument, $"RSA keys have {StationPublicKey.MinRsaKeySize} to {StationPublicKey.MaxRsaKeySize} bits in steps of 64, not {size}.");
            }

            using RSA rsa = RSA.Create(size);
            var request = new CertificateRequest(Parse(subject), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using X509Certificate2 certificate = Issue(request, notBefore, notAfter, issuer, isAuthority);
            return certificate.HasPrivateKey ? new X509Certificate2(certificate) : certificate.CopyWithPrivateKey(rsa);
        }

        if (algorithm == StationKeyAlgorithm.EcdsaP256 && keySize is 0 or 256)
        {
            using ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest(Parse(subject), ecdsa, HashAlgorithmName.SHA256);
            using X509Certificate2 certificate = Issue(request, notBefore, notAfter, issuer, isAuthority);
            return certificate.HasPrivateKey ? new X509Certificate2(certificate) : certificate.CopyWithPrivateKey(ecdsa);
        }

        throw new StationException(StationFault.InvalidArgument, "A notary's key is RSA or ECDSA P-256: few tools verify others in timestamps.");
    }

    private static X500DistinguishedName Parse(string subject)
    {
        try
        {
            return new X500DistinguishedName(subject);
        }
        catch (CryptographicException e)
        {
            throw new StationException(StationFault.InvalidArgument, $"'{subject}' is no X.500 name; write it as CN=NAME.", e);
        }
    }

    private static X509Certificate2 Issue(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter, X509Certificate2? issuer, bool isAuthority)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: isAuthority, pathLengthConstraint: 0, critical: true));

        // OpenSSL refuses a timestamp certificate that may do more than sign.
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            isAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        if (!isAuthority)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(TimestampOids.TimeStamping)], critical: true));
        }

        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(subjectKey);
        if (issuer is null)
        {
            return request.CreateSelfSigned(notBefore, notAfter);
        }

        RequireIssuer(issuer, notBefore, notAfter);

        try
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
            byte[] serialNumber = RandomNumberGenerator.GetBytes(16);
            serialNumber[0] = (byte)((serialNumber[0] & 0x7F) | 0x40);
            return issuer.GetRSAPrivateKey() is { } rsa
                ? IssueBy(rsa, X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1))
                : issuer.GetECDsaPrivateKey() is { } ecdsa
                ? IssueBy(ecdsa, X509SignatureGenerator.CreateForECDsa(ecdsa))
                : throw new StationException(StationFault.InvalidKey, "The issuer's key is neither RSA nor ECDSA.");

            X509Certificate2 IssueBy(AsymmetricAlgorithm key, X509SignatureGenerator generator)
            {
                using (key)
                {
                    return request.Create(issuer.SubjectName, generator, notBefore, notAfter, serialNumber);
                }
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new StationException(StationFault.InvalidArgument, $"The issuer cannot issue this certificate: {e.Message}", e);
        }
    }

    private static void RequireIssuer(X509Certificate2 issuer, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        if (!issuer.HasPrivateKey)
        {
            throw new StationException(StationFault.InvalidKey, "The issuer's certificate has no private key.");
        }

        if (!issuer.Extensions.OfType<X509BasicConstraintsExtension>().Any(static one => one.CertificateAuthority))
        {
            throw new StationException(StationFault.InvalidArgument, $"The certificate of {issuer.Subject} may not issue others.");
        }

        if (notBefore < issuer.NotBefore || notAfter > issuer.NotAfter)
        {
            throw new StationException(StationFault.InvalidArgument, $"The certificate would be valid outside of its issuer's time, {issuer.NotBefore.ToUniversalTime():u} to {issuer.NotAfter.ToUniversalTime():u}.");
        }
    }
}
