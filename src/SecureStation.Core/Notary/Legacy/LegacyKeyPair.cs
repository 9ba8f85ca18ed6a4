namespace SecureStation.Core.Notary.Legacy;

/// <summary>
/// A key pair of an old protocol. It is not a station's identity: it may be as short as 1024 bits, its files are weakly encrypted, and
/// it signs without saying for what. Only the protocol that it was read for takes it.
/// </summary>
public abstract class LegacyKeyPair : IDisposable
{
    private readonly byte[] _spki;

    /// <summary>For the protocol's implementation.</summary>
    protected LegacyKeyPair(string protocol, int keySize, byte[] subjectPublicKeyInfo)
    {
        Protocol = protocol;
        KeySize = keySize;
        _spki = subjectPublicKeyInfo;
    }

    /// <summary>The protocol that takes it.</summary>
    public string Protocol { get; }

    /// <summary>Bits of the RSA modulus.</summary>
    public int KeySize { get; }

    /// <summary>The fingerprint of the public half, <c>SHA256:…</c>.</summary>
    public string Fingerprint => Keys.Fingerprint.Of(_spki).ToString();

    /// <summary>The public half as PEM, as PyCrypto writes it: without a final newline.</summary>
    public string ToPublicPem() => System.Security.Cryptography.PemEncoding.WriteString("PUBLIC KEY", _spki);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The fingerprint: never anything secret.</summary>
    public override string ToString() => Fingerprint;

    /// <summary>Releases the private key.</summary>
    protected abstract void Dispose(bool disposing);
}
