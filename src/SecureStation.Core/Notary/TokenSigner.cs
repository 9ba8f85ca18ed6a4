using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary;

/// <summary>
/// Signs tokens with an authority's key: on as many threads as there are cores, each with a certificate object of its own, because the
/// BCL's promise no thread safety.
/// </summary>
internal sealed class TokenSigner : IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2[] _chain;
    private readonly HashAlgorithmName _hash;
    private readonly byte[] _signingCertificate;
    private readonly SemaphoreSlim _permits = new(Environment.ProcessorCount);
    private readonly ConcurrentBag<X509Certificate2> _free = [];
    private volatile bool _isDisposed;

    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: the certificate has no private key, or not one for timestamps.</exception>
    public TokenSigner(X509Certificate2 certificate, IEnumerable<X509Certificate2> chain, HashAlgorithmName hash)
    {
        RequireSuitable(certificate);
        _certificate = certificate;
        _chain = [.. chain];
        _hash = hash;
        _signingCertificate = SigningCertificate.Encode(certificate);
    }

    /// <summary>Waits for a free core and signs.</summary>
    public async Task<byte[]> SignAsync(byte[] tstInfo, bool includeCertificates, CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Sign(tstInfo, includeCertificates);
        }
        finally
        {
            _permits.Release();
        }
    }

    /// <summary>The token: SignedData over the TSTInfo.</summary>
    public byte[] Sign(byte[] tstInfo, bool includeCertificates)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        X509Certificate2 certificate = _free.TryTake(out X509Certificate2? free) ? free : new X509Certificate2(_certificate);
        try
        {
            // With the certificate's own key: a key given beside it makes the BCL verify each signature, at the price of another one.
            var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, certificate)
            {
                DigestAlgorithm = new Oid(TimestampOids.Of(_hash)),
                IncludeOption = includeCertificates ? X509IncludeOption.EndCertOnly : X509IncludeOption.None,
            };
            signer.SignedAttributes.Add(new AsnEncodedData(new Oid(TimestampOids.SigningCertificateV2), _signingCertificate));
            if (includeCertificates)
            {
                foreach (X509Certificate2 other in _chain)
                {
                    signer.Certificates.Add(other);
                }
            }

            var cms = new SignedCms(new ContentInfo(new Oid(TimestampOids.TstInfo), tstInfo), detached: false);
            cms.ComputeSignature(signer, silent: true);
            return cms.Encode();
        }
        finally
        {
            _free.Add(certificate);
            if (_isDisposed)
            {
                DisposeCopies();
            }
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        DisposeCopies();
    }

    private static void RequireSuitable(X509Certificate2 certificate)
    {
        if (!certificate.HasPrivateKey)
        {
            throw new StationException(StationFault.InvalidKey, "The notary's certificate has no private key.");
        }

        if (CertificatePurpose.FindProblem(certificate) is { } problem)
        {
            throw new StationException(StationFault.TimestampCertificateUnsuitable, problem);
        }

        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()
            ?? throw new StationException(StationFault.InvalidKey, "The notary's key is neither RSA nor ECDSA.");
    }

    private void DisposeCopies()
    {
        while (_free.TryTake(out X509Certificate2? certificate))
        {
            certificate.Dispose();
        }
    }
}
