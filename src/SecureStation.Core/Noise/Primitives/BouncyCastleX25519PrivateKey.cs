using System.Security.Cryptography;
using Curve = Org.BouncyCastle.Math.EC.Rfc7748.X25519;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>BouncyCastle's X25519.</summary>
internal sealed class BouncyCastleX25519PrivateKey : X25519PrivateKey
{
    private readonly byte[] _privateKey;

    internal BouncyCastleX25519PrivateKey(ReadOnlySpan<byte> privateKey) => _privateKey = privateKey.ToArray();

    public override void GetPublicKey(byte[] publicKey) => Curve.ScalarMultBase(_privateKey, 0, publicKey, 0);

    public override bool TryComputeSharedSecret(byte[] publicKey, byte[] sharedSecret) =>
        Curve.CalculateAgreement(_privateKey, 0, publicKey, 0, sharedSecret, 0);

    public override void Dispose() => CryptographicOperations.ZeroMemory(_privateKey);
}
