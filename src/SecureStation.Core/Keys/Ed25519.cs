using System.Numerics;
using Rfc8032 = Org.BouncyCastle.Math.EC.Rfc8032;

namespace SecureStation.Core.Keys;

/// <summary>
/// Ed25519 (RFC 8032) by BouncyCastle, with the checks that BouncyCastle leaves out: lengths, canonical encoding,
/// and public keys of small order, under which a verification that does not check accepts forged signatures.
/// </summary>
internal static class Ed25519
{
    public const int SeedSize = 32;
    public const int PublicKeySize = 32;
    public const int SignatureSize = 64;

    private static readonly BigInteger s_p = BigInteger.Pow(2, 255) - 19;

    // A public key is y, 255 bits little-endian, and in the top bit the sign of x. The 8 points of small order have these
    // five values of y between them: 1 (order 1), -1 (order 2), 0 (order 4) and two more (order 8), whatever the sign.
    private static readonly BigInteger[] s_smallOrderY =
    [
        BigInteger.One,
        s_p - 1,
        BigInteger.Zero,
        DecodeY(Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")),
        DecodeY(Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
    ];

    /// <summary>The public key (32 bytes) of a seed, the private key of RFC 8032 (32 bytes).</summary>
    public static byte[] PublicKeyOf(byte[] seed)
    {
        var publicKey = new byte[PublicKeySize];
        Rfc8032.Ed25519.GeneratePublicKey(seed, 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>
    /// Whether these bytes are a public key to rely on: 32 bytes, y below p, on the curve, not of small order.
    /// </summary>
    public static bool IsAcceptable(ReadOnlySpan<byte> publicKey) =>
        IsCanonicalAndOfLargeOrder(publicKey) && Rfc8032.Ed25519.ValidatePublicKeyPartial(publicKey.ToArray(), 0);

    public static byte[] Sign(byte[] seed, byte[] message)
    {
        var signature = new byte[SignatureSize];
        Rfc8032.Ed25519.Sign(seed, 0, message, 0, message.Length, signature, 0);
        return signature;
    }

    /// <summary>False for every signature that is not good, whatever its length, and under every key that is not acceptable.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, byte[] message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSize
        && IsCanonicalAndOfLargeOrder(publicKey)
        && Rfc8032.Ed25519.Verify(signature.ToArray(), 0, publicKey.ToArray(), 0, message, 0, message.Length);

    // What is missing here, whether it is a point of the curve at all, BouncyCastle's verification finds out.
    private static bool IsCanonicalAndOfLargeOrder(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicKeySize)
        {
            return false;
        }

        BigInteger y = DecodeY(publicKey);
        return y < s_p && !s_smallOrderY.Contains(y);
    }

    private static BigInteger DecodeY(ReadOnlySpan<byte> encoded)
    {
        Span<byte> y = stackalloc byte[PublicKeySize];
        encoded.CopyTo(y);
        y[^1] &= 0x7f;
        return new BigInteger(y, isUnsigned: true);
    }
}
