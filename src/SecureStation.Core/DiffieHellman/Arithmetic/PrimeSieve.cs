using System.Collections;

namespace SecureStation.Core.DiffieHellman.Arithmetic;

/// <summary>The sieve of Eratosthenes.</summary>
internal static class PrimeSieve
{
    /// <summary>The odd primes below <paramref name="limit"/>, ascending.</summary>
    internal static int[] PrimesBelow(int limit)
    {
        var composite = new BitArray(limit);
        var primes = new List<int>();
        for (int n = 3; n < limit; n += 2)
        {
            if (composite[n])
            {
                continue;
            }

            primes.Add(n);
            for (long multiple = (long)n * n; multiple < limit; multiple += 2 * n)
            {
                composite[(int)multiple] = true;
            }
        }

        return [.. primes];
    }
}
