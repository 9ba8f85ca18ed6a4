using System.Numerics;

namespace SecureStation.Core.DiffieHellman.Arithmetic;

/// <summary>
/// Arithmetic with large odd moduli, done by a library. Numbers are unsigned and big-endian.
/// </summary>
/// <remarks>
/// Two libraries can do it. BouncyCastle is always there; its exponentiation is not constant-time and leaves copies of the
/// exponent to the garbage collector. On Linux the .NET runtime itself runs on the platform's OpenSSL 3: where that is loaded,
/// its constant-time exponentiation is used, which is also some seven times as fast.
/// </remarks>
internal abstract class ModularArithmetic
{
    /// <summary>The better of the libraries that this machine has.</summary>
    internal static ModularArithmetic Default { get; } =
        OpenSslArithmetic.IsSupported ? new OpenSslArithmetic() : new BouncyCastleArithmetic();

    /// <summary>The library's name, for diagnostics and benchmarks.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether the time of <see cref="ModPow(ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/> is independent of the exponent's bits.</summary>
    internal abstract bool IsConstantTime { get; }

    /// <summary><paramref name="value"/> to the power of <paramref name="exponent"/> modulo an odd <paramref name="modulus"/>, as long as the modulus.</summary>
    internal abstract byte[] ModPow(ReadOnlySpan<byte> value, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus);

    /// <summary>
    /// Whether <paramref name="candidate"/>, odd and greater than 3, is prime: at least 64 rounds of Miller-Rabin with random
    /// bases, so that a composite chosen to deceive passes with a chance of 2^-128 at most.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; looked at between rounds.</exception>
    internal abstract bool IsProbablePrime(BigInteger candidate, CancellationToken cancellationToken);

    /// <summary>The same with public numbers.</summary>
    internal BigInteger ModPow(BigInteger value, BigInteger exponent, BigInteger modulus) =>
        ModPow(value.ToUnsignedBytes(), exponent.ToUnsignedBytes(), modulus.ToUnsignedBytes()).ToUnsignedInteger();
}
