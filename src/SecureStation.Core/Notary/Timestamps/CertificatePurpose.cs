using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>
/// Whether a certificate is for timestamps and nothing else: one extended key usage, id-kp-timeStamping, critical (RFC 3161, 2.3).
/// </summary>
internal static class CertificatePurpose
{
    /// <summary>What is wrong, as a sentence; null where nothing is.</summary>
    public static string? FindProblem(X509Certificate2 certificate)
    {
        X509EnhancedKeyUsageExtension? usage = null;
        foreach (X509Extension extension in certificate.Extensions)
        {
            switch (extension)
            {
                case X509EnhancedKeyUsageExtension found when usage is null:
                    usage = found;
                    break;
                case X509EnhancedKeyUsageExtension:
                    return "The certificate has two extended key usages.";
                case X509BasicConstraintsExtension { CertificateAuthority: true }:
                    return "The certificate is that of an authority, which issues certificates and signs no timestamps.";
                case X509KeyUsageExtension keyUsage when (keyUsage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) == 0:
                    return "The certificate's key usage does not allow signatures.";
            }
        }

        if (usage is null)
        {
            return "The certificate has no extended key usage; timestamps need timeStamping, critical.";
        }

        OidCollection purposes = usage.EnhancedKeyUsages;
        if (purposes.Count != 1 || purposes[0].Value != TimestampOids.TimeStamping)
        {
            return "The certificate's extended key usage is not timeStamping alone.";
        }

        return usage.Critical ? null : "The certificate's extended key usage is not critical.";
    }
}
