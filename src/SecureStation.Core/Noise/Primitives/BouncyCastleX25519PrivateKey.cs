using System.Security.Cryptography;
using Curve = Org.BouncyCastle.Math.EC.Rfc7748.X25519;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>BouncyCastle's X25519.</summary>
internal sealed class BouncyCastleX25519PrivateKey : X25519PrivateKey
{
    private readonly SecretBytes _privateKey;

    internal BouncyCastleX25519PrivateKey(ReadOnlySpan<byte> privateKey) =>
        _privateKey = new SecretBytes(privateKey.ToArray(), static () => new ObjectDisposedException(nameof(X25519PrivateKey)));

    public override void GetPublicKey(byte[] publicKey) => WithCopy(privateKey =>
    {
        Curve.ScalarMultBase(privateKey, 0, publicKey, 0);
        return true;
    });

    public override bool TryComputeSharedSecret(byte[] publicKey, byte[] sharedSecret) =>
        WithCopy(privateKey => Curve.CalculateAgreement(privateKey, 0, publicKey, 0, sharedSecret, 0));

    public override void Dispose() => _privateKey.Dispose();

    // A copy, so that the handshakes of a listener's one key need not wait for each other.
    private bool WithCopy(Func<byte[], bool> compute)
    {
        byte[] copy = _privateKey.ToArray();
        try
        {
            return compute(copy);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }
}
