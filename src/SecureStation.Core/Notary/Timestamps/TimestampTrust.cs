using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>What a timestamp must be to be believed.</summary>
public sealed record TimestampTrust
{
    /// <summary>Roots, or the authority's own certificate; null takes the platform's roots.</summary>
    public IReadOnlyList<X509Certificate2>? TrustedCertificates { get; init; }

    /// <summary>Certificates that may be needed besides those in the token: intermediate ones, or the authority's own.</summary>
    public IReadOnlyList<X509Certificate2> ExtraCertificates { get; init; } = [];

    /// <summary>The policy that the token must have, a dotted OID; null takes any.</summary>
    public string? Policy { get; init; }

    /// <summary>
    /// Whether revocation is looked up. Not by default: that asks servers named in the certificates, which are untrusted until then.
    /// </summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.NoCheck;
}
