using System.Diagnostics;
using System.Numerics;
using SecureStation.Core.DiffieHellman.Arithmetic;

namespace SecureStation.Core.DiffieHellman;

/// <summary>Generates Diffie-Hellman parameters.</summary>
internal static class DhParameterGenerator
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(250);

    internal static async Task<DhParameter> GenerateAsync(
        int bits,
        int generator,
        bool allowWeak,
        IProgress<DhGenerationProgress>? progress,
        CancellationToken cancellationToken)
    {
        int minimum = allowWeak ? DhParameter.MinimumBits : DhParameter.WeakBelowBits;
        if (bits < minimum || bits > DhParameter.MaximumBits)
        {
            throw new StationException(StationFault.InvalidArgument, $"A Diffie-Hellman prime is generated with {minimum} to {DhParameter.MaximumBits} bits, not {bits}.")
            {
                Subject = bits is >= DhParameter.MinimumBits and < DhParameter.WeakBelowBits ? StationSubject.WeakParameter : StationSubject.None,
            };
        }

        (int modulus, int residue) = ResidueFor(generator);
        var search = new SafePrimeGenerator(bits, modulus, residue, ModularArithmetic.Default);
        Task<BigInteger> found = search.FindAsync(cancellationToken);
        long started = Stopwatch.GetTimestamp();
        while (progress is not null && !found.IsCompleted)
        {
            progress.Report(new DhGenerationProgress(search.Candidates, search.ExpectedCandidates, Stopwatch.GetElapsedTime(started)));
            await Task.WhenAny(found, Task.Delay(s_reportInterval, CancellationToken.None)).ConfigureAwait(false);
        }

        return new DhParameter(await found.ConfigureAwait(false), generator);
    }

    /// <summary>
    /// Which p to search, so that the generator is a quadratic residue and has order q (as OpenSSL does since 1.1.1d). In each
    /// case p = 3 mod 4 and p = 2 mod 3, for else 2 or 3 divides p or q.
    /// 2 is a residue for p = 7 mod 8; 3 for p = 11 mod 12; 5 for p = 4 mod 5 (1 mod 5 would make 5 divide q).
    /// </summary>
    private static (int Modulus, int Residue) ResidueFor(int generator) => generator switch
    {
        2 => (24, 23),
        3 => (12, 11),
        5 => (60, 59),
        _ => throw new StationException(StationFault.InvalidArgument, $"Primes are generated for the generators 2, 3 and 5, not {generator}."),
    };
}
