using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>
/// Signs tokens with an authority's key: on as many threads as there are cores, each with a key object of its own, because the BCL's
/// promise no thread safety.
/// </summary>
internal sealed class TokenSigner : IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly HashAlgorithmName _hash;
    private readonly SignedDataWriter _writer;
    private readonly SemaphoreSlim _permits = new(Environment.ProcessorCount);
    private readonly ConcurrentBag<AsymmetricAlgorithm> _free = [];
    private readonly Lock _gate = new();
    private volatile bool _isDisposed;

    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: the certificate has no private key, or not one for timestamps.</exception>
    public TokenSigner(X509Certificate2 certificate, IEnumerable<X509Certificate2> chain, HashAlgorithmName hash)
    {
        RequireSuitable(certificate);
        _certificate = certificate;
        _hash = hash;
        _writer = new SignedDataWriter(certificate, chain, hash);
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
        AsymmetricAlgorithm key = _free.TryTake(out AsymmetricAlgorithm? free) ? free : OpenKey();
        try
        {
            return _writer.Write(tstInfo, includeCertificates, attributes => key is RSA rsa
                ? rsa.SignData(attributes, _hash, RSASignaturePadding.Pkcs1)
                : ((ECDsa)key).SignData(attributes, _hash, DSASignatureFormat.Rfc3279DerSequence));
        }
        finally
        {
            _free.Add(key);
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

        KeyOf(certificate).Dispose();
    }

    private AsymmetricAlgorithm OpenKey()
    {
        lock (_gate)
        {
            return KeyOf(_certificate);
        }
    }

    private static AsymmetricAlgorithm KeyOf(X509Certificate2 certificate) =>
        (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()
            ?? throw new StationException(StationFault.InvalidKey, "The notary's key is neither RSA nor ECDSA.");

    private void DisposeKeys()
    {
        while (_free.TryTake(out AsymmetricAlgorithm? key))
        {
            key.Dispose();
        }
    }
}
