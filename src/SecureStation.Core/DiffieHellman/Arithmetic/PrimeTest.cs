using System.Numerics;

namespace SecureStation.Core.DiffieHellman.Arithmetic;

/// <summary>
/// Tests for primes that a stranger chose: cheap steps first, every step cancellable.
/// </summary>
internal static class PrimeTest
{
    private static readonly int[] s_smallPrimes = PrimeSieve.PrimesBelow(1 << 16);

    /// <summary>Whether <paramref name="number"/> is prime. Negative numbers are not.</summary>
    internal static bool IsPrime(BigInteger number, ModularArithmetic arithmetic, CancellationToken cancellationToken)
    {
        if (number <= 3)
        {
            return number >= 2;
        }

        return SmallFactor(number) is var factor && (factor == number
            || (factor == 0 && !number.IsEven && arithmetic.IsProbablePrime(number, cancellationToken)));
    }

    /// <summary>What kind of number an odd <paramref name="p"/> is, as the modulus of a Diffie-Hellman group.</summary>
    /// <remarks>
    /// p is safe where q = (p − 1) / 2 is prime too. Trial division of both; then one Fermat round each, which nearly every
    /// composite fails; then the full test of q. With q prime no more is needed for p: 2^(p−1) = 1 mod p and
    /// gcd(2^2 − 1, p) = 1 prove it prime (Pocklington, with the factor q > √p of p − 1).
    /// </remarks>
    internal static PrimeKind Classify(BigInteger p, ModularArithmetic arithmetic, CancellationToken cancellationToken)
    {
        if (p <= 7)
        {
            return p == 5 || p == 7 ? PrimeKind.SafePrime : p == 2 || p == 3 ? PrimeKind.Prime : PrimeKind.Composite;
        }

        BigInteger q = p >> 1;
        BigInteger factorOfP = SmallFactor(p);
        if (p.IsEven || (factorOfP != 0 && factorOfP != p))
        {
            return PrimeKind.Composite;
        }

        if (!PassesFermat(p, arithmetic, cancellationToken))
        {
            return PrimeKind.Composite;
        }

        BigInteger factorOfQ = SmallFactor(q);
        bool isSafe = !q.IsEven
            && (factorOfQ == 0 || factorOfQ == q)
            && PassesFermat(q, arithmetic, cancellationToken)
            && (factorOfQ == q || arithmetic.IsProbablePrime(q, cancellationToken));
        if (isSafe)
        {
            return PrimeKind.SafePrime;
        }

        return arithmetic.IsProbablePrime(p, cancellationToken) ? PrimeKind.Prime : PrimeKind.Composite;
    }

    /// <summary>Whether 2^(n−1) = 1 mod n, for an odd n.</summary>
    internal static bool PassesFermat(BigInteger number, ModularArithmetic arithmetic, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return arithmetic.ModPow(2, number - 1, number).IsOne;
    }

    /// <summary>The smallest odd prime below 2^16 that divides the number; 0 if there is none.</summary>
    private static int SmallFactor(BigInteger number)
    {
        foreach (int prime in s_smallPrimes)
        {
            if ((number % prime).IsZero)
            {
                return prime;
            }
        }

        return 0;
    }
}
