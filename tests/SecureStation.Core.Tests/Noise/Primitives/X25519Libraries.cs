using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Noise.Primitives;

/// <summary>Every library that this machine has for X25519: what one of them is tested for, the others are tested for too.</summary>
internal static class X25519Libraries
{
    public static IEnumerable<X25519PrivateKey> Import(byte[] privateKey)
    {
        yield return new BouncyCastleX25519PrivateKey(privateKey);
        if (OpenSslX25519PrivateKey.IsSupported)
        {
            yield return new OpenSslX25519PrivateKey(privateKey);
        }
    }
}
