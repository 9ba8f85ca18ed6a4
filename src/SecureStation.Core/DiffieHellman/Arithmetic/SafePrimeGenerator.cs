using System.Collections;
using System.Numerics;
using System.Security.Cryptography;

namespace SecureStation.Core.DiffieHellman.Arithmetic;

/// <summary>
/// Generates safe primes: a random start, a sieve over the candidates above it, a Fermat round for what the sieve leaves.
/// </summary>
internal sealed class SafePrimeGenerator
{
    private const int SieveLimit = 1 << 20;
    private const int WindowLength = 1 << 15;
    private static readonly Lazy<int[]> s_sievePrimes = new(() => PrimeSieve.PrimesBelow(SieveLimit));

    private readonly int _bits;
    private readonly int _modulus;
    private readonly int _residue;
    private readonly ModularArithmetic _arithmetic;
    private long _candidates;

    /// <summary>Prepares to find primes p of exactly <paramref name="bits"/> bits with p = <paramref name="residue"/> mod <paramref name="modulus"/>.</summary>
    internal SafePrimeGenerator(int bits, int modulus, int residue, ModularArithmetic arithmetic)
    {
        _bits = bits;
        _modulus = modulus;
        _residue = residue;
        _arithmetic = arithmetic;
    }

    /// <summary>The candidates that got past the sieve and were tested so far.</summary>
    internal long Candidates => Interlocked.Read(ref _candidates);

    /// <summary>
    /// How many candidates it takes on average, by the density of primes: a number near 2^bits that has no factor below B is
    /// prime with a chance of e^γ ln B / ln 2^bits, and here two numbers must be. It comes out right within a quarter.
    /// </summary>
    internal double ExpectedCandidates
    {
        get
        {
            double chance = 1.781 * Math.Log(SieveLimit) / (_bits * Math.Log(2));
            return 1 / Math.Min(1, chance * chance);
        }
    }

    /// <summary>Searches with one thread a processor until one finds a safe prime.</summary>
    internal async Task<BigInteger> FindAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var searches = new List<Task<BigInteger>>();
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            searches.Add(Task.Factory.StartNew(() => Search(stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }

        Task<BigInteger> first = await Task.WhenAny(searches).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await ((Task)Task.WhenAll(searches)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await first.ConfigureAwait(false);
    }

    private BigInteger Search(CancellationToken cancellationToken)
    {
        while (true)
        {
            BigInteger start = RandomStart();
            BitArray excluded = Sieve(start, cancellationToken);
            for (int i = 0; i < WindowLength; i++)
            {
                if (excluded[i])
                {
                    continue;
                }

                BigInteger p = start + ((BigInteger)i * _modulus);
                Interlocked.Increment(ref _candidates);
                if (PrimeTest.PassesFermat(p >> 1, _arithmetic, cancellationToken)
                    && p.BitCount() == _bits
                    && PrimeTest.Classify(p, _arithmetic, cancellationToken) == PrimeKind.SafePrime)
                {
                    return p;
                }
            }
        }
    }

    /// <summary>A random number of the right size and residue; its two highest bits are set.</summary>
    private BigInteger RandomStart()
    {
        byte[] random = RandomNumberGenerator.GetBytes((_bits + 7) / 8);
        BigInteger start = random.ToUnsignedInteger() & ((BigInteger.One << _bits) - 1);
        start |= (BigInteger)3 << (_bits - 2);
        return start - (start % _modulus) + _residue;
    }

    /// <summary>
    /// Marks each i for which a small prime s divides p = start + i · modulus or q = (p − 1) / 2, that is p = 0 or 1 mod s.
    /// </summary>
    private BitArray Sieve(BigInteger start, CancellationToken cancellationToken)
    {
        var excluded = new BitArray(WindowLength);
        foreach (int prime in s_sievePrimes.Value)
        {
            // A candidate smaller than the sieve's primes must not exclude itself; every size allowed is far above.
            if (_modulus % prime == 0)
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            long remainder = (long)(start % prime);
            long inverse = (long)BigInteger.ModPow(_modulus, prime - 2, prime);
            Exclude(excluded, (prime - remainder) * inverse % prime, prime);
            Exclude(excluded, (prime + 1 - remainder) * inverse % prime, prime);
        }

        return excluded;
    }

    private static void Exclude(BitArray excluded, long first, int step)
    {
        for (long i = first; i < WindowLength; i += step)
        {
            excluded[(int)i] = true;
        }
    }
}
