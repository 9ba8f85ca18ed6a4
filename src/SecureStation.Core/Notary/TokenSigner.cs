using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary;

/// <summary>
/// Signs tokens with an authority's key: on as many threads as there are cores, each with a key object of its own, because the BCL's
/// promise no thread safety.
/// </summary>
internal sealed class TokenSigner : IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2[] _chain;
    private readonly HashAlgorithmName _hash;
    private readonly byte[] _signingCertificate;
    private readonly SemaphoreSlim _permits = new(Environment.ProcessorCount);
    private readonly ConcurrentBag<AsymmetricAlgorithm> _keys = [];
    private volatile bool _isDisposed;

    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: the certificate has no private key, or not one for timestamps.</exception>
    public TokenSigner(X509Certificate2 certificate, IEnumerable<X509Certificate2> chain, HashAlgorithmName hash)
    {
        RequireSuitable(certificate);
        _certificate = certificate;
        _chain = [.. chain];
        _hash = hash;
        _signingCertificate = SigningCertificate.Encode(certificate);
        _keys.Add(OpenKey());
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
        AsymmetricAlgorithm key = _keys.TryTake(out AsymmetricAlgorithm? free) ? free : OpenKey();
        try
        {
            var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, _certificate, key)
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
            _keys.Add(key);
            if (_isDisposed)
            {
                DisposeKeys();
            }
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        DisposeKeys();
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
    }

    private AsymmetricAlgorithm OpenKey() =>
        (AsymmetricAlgorithm?)_certificate.GetRSAPrivateKey() ?? _certificate.GetECDsaPrivateKey()
        ?? throw new StationException(StationFault.InvalidKey, "The notary's key is neither RSA nor ECDSA.");

    private void DisposeKeys()
    {
        while (_keys.TryTake(out AsymmetricAlgorithm? key))
        {
            key.Dispose();
        }
    }
}
