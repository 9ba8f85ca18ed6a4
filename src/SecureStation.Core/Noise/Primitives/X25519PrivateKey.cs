using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// A private key for X25519 (RFC 7748), held by the library that computes with it; disposing zeroes it.
/// </summary>
/// <remarks>
/// Two libraries can do it. BouncyCastle is always there. On Linux the .NET runtime itself runs on the platform's OpenSSL 3: where that is
/// loaded it is used, because it agrees in about half the time, and because it keeps the key out of reach of the garbage collector.
/// </remarks>
internal abstract class X25519PrivateKey : IDisposable
{
    /// <summary>Takes a private key of 32 bytes, which are copied. Clamping is left to the multiplication (RFC 7748, section 5).</summary>
    public static X25519PrivateKey Import(ReadOnlySpan<byte> privateKey) =>
        OpenSslX25519PrivateKey.IsSupported ? new OpenSslX25519PrivateKey(privateKey) : new BouncyCastleX25519PrivateKey(privateKey);

    /// <summary>Makes a new one.</summary>
    public static X25519PrivateKey Generate()
    {
        Span<byte> privateKey = stackalloc byte[X25519.KeyLength];
        RandomNumberGenerator.Fill(privateKey);
        try
        {
            return Import(privateKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>Writes the 32 bytes of the public key.</summary>
    public abstract void GetPublicKey(byte[] publicKey);

    /// <summary>
    /// Computes the shared secret, 32 bytes. The public key is taken as RFC 7748 says: its top bit is ignored, its value reduced modulo p.
    /// </summary>
    /// <returns>False where the secret is zero, which only a public key of low order gives (RFC 7748, section 6.1).</returns>
    public abstract bool TryComputeSharedSecret(byte[] publicKey, byte[] sharedSecret);

    /// <summary>Zeroes the key.</summary>
    public abstract void Dispose();
}
