using System.Diagnostics;
using SecureStation.Core;

namespace SecureStation.Fuzz;

/// <summary>Feeds a target with its corpus and mutations of it, without any tool. Slower and blinder than AFL++, and there on every machine.</summary>
public static class ManagedDriver
{
    /// <summary>How long one input may take. Generous, for machines that do other things; a loop without an end is found all the same.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>How much an input of the largest size may have allocated, in bytes: no length of an input decides over memory.</summary>
    public const long MaxAllocation = 256L * 1024 * 1024;

    /// <summary>Runs until the time is over or something is found.</summary>
    /// <param name="target">The target.</param>
    /// <param name="seed">Of the mutations.</param>
    /// <param name="time">How long; the corpus itself is always run whole.</param>
    public static FuzzReport Run(IFuzzTarget target, int seed, TimeSpan time)
    {
        long started = Stopwatch.GetTimestamp();
        List<byte[]> corpus = [.. target.Corpus()];
        long runs = 0;
        long good = 0;
        foreach (byte[] input in corpus)
        {
            runs++;
            if (Try(target, input, ref good) is { } find)
            {
                return new FuzzReport(runs, good, find);
            }
        }

        if (good == 0)
        {
            return new FuzzReport(runs, good, new Find([], "No input of the corpus is good, so mutations of it reach nothing."));
        }

        var mutator = new Mutator(seed);
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            runs++;
            if (Try(target, mutator.Next(corpus), ref good) is { } find)
            {
                return new FuzzReport(runs, good, find);
            }
        }

        return new FuzzReport(runs, good, null);
    }

    /// <summary>Runs one input.</summary>
    public static Find? Try(IFuzzTarget target, byte[] input)
    {
        long good = 0;
        return Try(target, input, ref good);
    }

    private static Find? Try(IFuzzTarget target, byte[] input, ref long good)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        try
        {
            good += target.Run([.. input]) ? 1 : 0;
        }
        catch (StationException)
        {
            // Refused, as it may be.
        }
        catch (Exception e)
        {
            return new Find(input, e.ToString());
        }

        TimeSpan took = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return took > Patience ? new Find(input, $"It took {took.TotalSeconds:0} s.")
            : allocated > MaxAllocation ? new Find(input, $"It allocated {allocated:N0} bytes.")
            : null;
    }
}
