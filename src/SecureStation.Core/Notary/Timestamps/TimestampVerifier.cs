using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>
/// Verifies timestamp tokens (RFC 3161, 2.3 and 2.4.2; RFC 5816). Certificates are judged at the time that the token says: a timestamp
/// outlives its certificate.
/// </summary>
public static class TimestampVerifier
{
    /// <summary>Checks a token against the hash of a document.</summary>
    /// <param name="token">The token.</param>
    /// <param name="hash">The document's hash, of the token's own algorithm.</param>
    /// <param name="trust">What it must be.</param>
    /// <returns>The report; its <see cref="TimestampReport.Error"/> is the first thing found wrong.</returns>
    public static TimestampReport Verify(TimeStampToken token, ReadOnlySpan<byte> hash, TimestampTrust trust)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(trust);
        byte[] expected = hash.ToArray();
        var extra = new X509Certificate2Collection(trust.ExtraCertificates.Concat(trust.TrustedCertificates ?? []).ToArray());
        return Report(token, extra, signer =>
        {
            if (!token.Hash.Span.SequenceEqual(expected))
            {
                throw new StationException(StationFault.TimestampImprintMismatch, "The timestamp is of another document, or the document has changed since.");
            }

            if (trust.Policy is { } policy && token.Policy != policy)
            {
                throw new StationException(StationFault.TimestampPolicyMismatch, $"The timestamp was issued under policy {token.Policy}, not {policy}.");
            }

            RequireSignature(token, signer);
            RequireTrusted(token, signer, trust);
        });
    }

    /// <summary>
    /// Checks that the signature holds and the certificate is for timestamps and was valid, not whether it is trusted. A token whose
    /// certificate is not in it passes: there is nothing to check it with.
    /// </summary>
    internal static TimestampReport VerifySignature(TimeStampToken token) => Report(token, [], signer =>
    {
        if (signer is not null)
        {
            RequireSignature(token, signer);
        }
    });

    /// <summary>Reads a token, or a response that holds one, and checks it against a document.</summary>
    /// <exception cref="IOException">The document cannot be read.</exception>
    public static async Task<TimestampReport> VerifyAsync(ReadOnlyMemory<byte> tokenFile, Stream document, TimestampTrust trust, CancellationToken cancellationToken = default)
    {
        TimeStampToken token;
        try
        {
            token = TimeStampToken.ParseFile(tokenFile);
            RequireStrongHashes(token);
        }
        catch (StationException e)
        {
            return new TimestampReport(null, null, e);
        }

        byte[] hash = await CryptographicOperations.HashDataAsync(token.HashAlgorithm!.Value, document, cancellationToken).ConfigureAwait(false);
        return Verify(token, hash, trust);
    }

    /// <summary>Checks that a granted token is the answer to a request: imprint, nonce, policy.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.TimestampImprintMismatch"/>, <see cref="StationFault.TimestampNonceMismatch"/>, <see cref="StationFault.TimestampPolicyMismatch"/>.
    /// </exception>
    public static void RequireAnswer(TimeStampToken token, TimeStampRequest request)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(request);
        if (token.HashAlgorithmOid != TimestampOids.Of(request.HashAlgorithm) || !token.Hash.Span.SequenceEqual(request.Hash.Span))
        {
            throw new StationException(StationFault.TimestampImprintMismatch, "The timestamp that came is of another document.");
        }

        // RFC 3161, 2.4.1: a nonce that was sent must come back; one that was not sent must not be there.
        if (token.Nonce.HasValue != request.Nonce.HasValue || (request.Nonce is { } nonce && !token.Nonce!.Value.Span.SequenceEqual(nonce.Span)))
        {
            throw new StationException(StationFault.TimestampNonceMismatch, "The timestamp that came is the answer to another request: its nonce differs.");
        }

        if (request.Policy is { } policy && token.Policy != policy)
        {
            throw new StationException(StationFault.TimestampPolicyMismatch, $"The timestamp that came was issued under policy {token.Policy}, not {policy}.");
        }
    }

    private static TimestampReport Report(TimeStampToken token, X509Certificate2Collection extra, Action<X509Certificate2?> check)
    {
        X509Certificate2? signer = null;
        try
        {
            signer = token.FindSigner(extra);
            RequireStrongHashes(token);
            check(signer);
            return new TimestampReport(token, signer, error: null);
        }
        catch (StationException e)
        {
            return new TimestampReport(token, signer, e);
        }
        catch (CryptographicException e)
        {
            return new TimestampReport(token, signer, new StationException(StationFault.TimestampMalformed, $"The timestamp or its certificate cannot be read: {ForeignText.Show(e.Message)}", e));
        }
    }

    private static void RequireSignature(TimeStampToken token, [NotNull] X509Certificate2? signer)
    {
        RequireSuitable(signer);
        if (!token.VerifySignature(signer))
        {
            throw new StationException(StationFault.TimestampSignatureInvalid, "The signature of the timestamp is wrong, or does not name its certificate.");
        }

        // Last, for the time is the token's: it says nothing until the signature holds.
        if (token.Time < signer.NotBefore || token.Time > signer.NotAfter)
        {
            throw new StationException(
                StationFault.TimestampCertificateExpired,
                $"The certificate is valid from {signer.NotBefore.ToUniversalTime():u} to {signer.NotAfter.ToUniversalTime():u}, which {token.Time:u} is not in.");
        }
    }

    private static void RequireStrongHashes(TimeStampToken token)
    {
        foreach (string oid in new[] { token.HashAlgorithmOid, token.SignatureDigestOid })
        {
            if (TimestampOids.HashOf(oid) is null)
            {
                throw new StationException(StationFault.TimestampAlgorithmRefused, $"The timestamp uses the hash {new Oid(oid).FriendlyName ?? oid}; SHA-256, SHA-384 and SHA-512 are accepted.");
            }
        }
    }

    private static void RequireSuitable([NotNull] X509Certificate2? signer)
    {
        if (signer is null)
        {
            throw new StationException(StationFault.TimestampCertificateMissing, "The timestamp's certificate is not in the token and was not given.");
        }

        if (CertificatePurpose.FindProblem(signer) is { } problem)
        {
            throw new StationException(StationFault.TimestampCertificateUnsuitable, problem);
        }
    }

    private static void RequireTrusted(TimeStampToken token, X509Certificate2 signer, TimestampTrust trust)
    {
        // Whoever names the authority's own certificate trusts it, whoever issued it.
        if (trust.TrustedCertificates?.Any(one => one.RawDataMemory.Span.SequenceEqual(signer.RawDataMemory.Span)) == true)
        {
            return;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.VerificationTime = token.Time.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.RevocationMode = trust.RevocationMode;
        chain.ChainPolicy.DisableCertificateDownloads = trust.RevocationMode == X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(TimestampOids.TimeStamping));
        chain.ChainPolicy.ExtraStore.AddRange(token.Certificates.Concat(trust.ExtraCertificates).ToArray());
        if (trust.TrustedCertificates is { } roots)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots.ToArray());
        }

        if (chain.Build(signer))
        {
            return;
        }

        X509ChainStatus[] problems = chain.ChainStatus;
        bool isOnlyTime = problems.All(static one => one.Status == X509ChainStatusFlags.NotTimeValid);
        throw new StationException(
            isOnlyTime ? StationFault.TimestampCertificateExpired : StationFault.TimestampCertificateUntrusted,
            $"The certificate of {ForeignText.Show(signer.Subject)} does not lead to a trusted one: {string.Join("; ", problems.Select(static one => one.StatusInformation.Trim()).Where(static text => text.Length > 0).Distinct())}");
    }
}
