using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Tests.Notary;

/// <summary>Certificates of the tests, made once.</summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;
    private static readonly Lazy<X509Certificate2> s_lazyAuthority = new(() =>
        NotaryCertificate.CreateAuthority("CN=Test authority", StationKeyAlgorithm.EcdsaP256, 0, s_now.AddYears(-10), s_now.AddYears(10)));

    private static readonly Lazy<X509Certificate2> s_lazyRsa = new(() => Issue(StationKeyAlgorithm.Rsa, -1, 1));
    private static readonly Lazy<X509Certificate2> s_lazyEcdsa = new(() => Issue(StationKeyAlgorithm.EcdsaP256, -1, 1));
    private static readonly Lazy<X509Certificate2> s_lazyExpired = new(() => Issue(StationKeyAlgorithm.EcdsaP256, -3, -1));

    /// <summary>The root that issued the others.</summary>
    public static X509Certificate2 Authority => s_lazyAuthority.Value;

    /// <summary>RSA 2048.</summary>
    public static X509Certificate2 Rsa => s_lazyRsa.Value;

    /// <summary>ECDSA P-256.</summary>
    public static X509Certificate2 Ecdsa => s_lazyEcdsa.Value;

    /// <summary>ECDSA P-256, ended a year ago.</summary>
    public static X509Certificate2 Expired => s_lazyExpired.Value;

    public static TimestampTrust Trust => new() { TrustedCertificates = [Authority] };

    public static X509Certificate2 Of(StationKeyAlgorithm algorithm) => algorithm == StationKeyAlgorithm.Rsa ? Rsa : Ecdsa;

    /// <summary>A certificate whose extended key usage is as given; null has none.</summary>
    public static X509Certificate2 WithPurpose(bool critical, params string[]? purposes)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Wrong purpose", key, HashAlgorithmName.SHA256);
        if (purposes is not null)
        {
            var oids = new OidCollection();
            foreach (string purpose in purposes)
            {
                oids.Add(new Oid(purpose));
            }

            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, critical));
        }

        return request.CreateSelfSigned(s_now.AddDays(-1), s_now.AddDays(1));
    }

    /// <summary>The certificate and its key as PEM files.</summary>
    public static (string Certificate, string Key) Write(TemporaryFolder folder, string name, X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(folder.File(name + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(folder.File(name + ".key"), key.ExportPkcs8PrivateKeyPem());
        return (folder.File(name + ".pem"), folder.File(name + ".key"));
    }

    private static X509Certificate2 Issue(StationKeyAlgorithm algorithm, int fromYears, int toYears) =>
        NotaryCertificate.Create($"CN=Test notary {algorithm}", algorithm, algorithm == StationKeyAlgorithm.Rsa ? 2048 : 0, s_now.AddYears(fromYears), s_now.AddYears(toYears), Authority);
}
