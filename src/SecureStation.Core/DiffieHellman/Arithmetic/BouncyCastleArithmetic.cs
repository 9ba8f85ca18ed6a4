using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using BigInteger = System.Numerics.BigInteger;
using BouncyInteger = Org.BouncyCastle.Math.BigInteger;

namespace SecureStation.Core.DiffieHellman.Arithmetic;

/// <summary>
/// BouncyCastle's BigInteger. Not constant-time: who can time many agreements with one static exponent may learn of it.
/// </summary>
internal sealed class BouncyCastleArithmetic : ModularArithmetic
{
    private const int MillerRabinRounds = 64;

    internal override string Name => "BouncyCastle";

    internal override bool IsConstantTime => false;

    internal override byte[] ModPow(ReadOnlySpan<byte> value, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus)
    {
        byte[] shortest = ToBouncy(value).ModPow(ToBouncy(exponent), ToBouncy(modulus)).ToByteArrayUnsigned();
        byte[] padded = new byte[modulus.Length];
        shortest.CopyTo(padded, padded.Length - shortest.Length);
        Array.Clear(shortest);
        return padded;
    }

    internal override bool IsProbablePrime(BigInteger candidate, CancellationToken cancellationToken)
    {
        BouncyInteger number = ToBouncy(candidate.ToUnsignedBytes());
        var random = new SecureRandom();
        for (int round = 0; round < MillerRabinRounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Primes.IsMRProbablePrime(number, random, iterations: 1))
            {
                return false;
            }
        }

        return true;
    }

    // BouncyCastle takes arrays only; ours is wiped, its own copy cannot be.
    private static BouncyInteger ToBouncy(ReadOnlySpan<byte> unsigned)
    {
        byte[] copy = unsigned.ToArray();
        var number = new BouncyInteger(1, copy);
        Array.Clear(copy);
        return number;
    }
}
