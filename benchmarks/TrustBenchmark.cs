using System.Diagnostics;
using System.Globalization;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Benchmarks;

/// <summary>What is asked of the trust store, and what is written, among many records with an address each.</summary>
internal static class TrustBenchmark
{
    private static readonly TimeSpan s_goal = TimeSpan.FromMilliseconds(5);

    /// <param name="options">How many records (10,000), and a directory for the store (one in the temporary folder, deleted afterwards).</param>
    public static int Run(string[] options)
    {
        int count = options.Length > 0 ? int.Parse(options[0], CultureInfo.InvariantCulture) : 10_000;
        string directory = Path.Combine(options.Length > 1 ? options[1] : Path.GetTempPath(), $"station-trust-{Environment.ProcessId}");
        try
        {
            var store = new FileTrustStore(directory);
            long start = Stopwatch.GetTimestamp();
            PeerRecord[] peers = [.. Enumerable.Range(0, count).Select(NewPeer)];
            foreach (PeerRecord peer in peers)
            {
                store.Add(peer, replace: false);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine($"{count} records with an address each, added one by one in {seconds:0.0} s: {count / seconds:0} a second, two flushes to the disk each");
            Console.WriteLine("                                                 median      worst   (ms)");
            var random = new Random(1);
            PeerRecord Any() => peers[random.Next(count)];
            using StationKeyPair own = StationKeyPair.Generate();
            var trust = new ListenerTrust { Store = store };
            bool isMet = true;
            isMet &= Measure("a listener decides about a known client", () => trust.Decide(Any().PublicKey!, own).ThrowIfRefused());
            isMet &= Measure("the record of a name, with its addresses", () => Require(store.FindByName(Any().Name)));
            isMet &= Measure("the record of a key, with its addresses", () => Require(store.Find(Any().Fingerprint)));
            isMet &= Measure("the key pinned to an address", () => Require(store.FindPin(Any().Addresses[0])));
            isMet &= Measure("the key of an address that nobody has", () => store.FindPin($"nobody-{random.Next()}:1"));
            Console.WriteLine(isMet ? $"all within {s_goal.TotalMilliseconds} ms" : $"not all within {s_goal.TotalMilliseconds} ms");
            PeerRecord[] fresh = [.. Enumerable.Range(count, 200).Select(NewPeer)];
            int next = 0;
            Measure("another peer added", () => store.Add(fresh[next++], replace: false), 200);
            Measure("acceptance taken back", () => store.Revoke(Any().Fingerprint), 200);
            next = 0;
            Measure("a peer removed", () => store.Remove(fresh[next++].Fingerprint), 200);
            Measure("all listed", () => store.List(), 3);
            return isMet ? 0 : 1;
        }
        finally
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    private static PeerRecord NewPeer(int number)
    {
        using StationKeyPair key = StationKeyPair.Generate();
        return new PeerRecord { Name = $"peer {number}", Fingerprint = key.Fingerprint, PublicKey = key.PublicKey, Accept = true, Addresses = [$"peer-{number}.example:7700"] };
    }

    // Whether the median is within the goal.
    private static bool Measure(string what, Action action, int times = 1000)
    {
        var taken = new double[times];
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            taken[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(taken);
        Console.WriteLine($"{what,-45} {taken[times / 2],9:0.000} {taken[^1],10:0.000}");
        return taken[times / 2] <= s_goal.TotalMilliseconds;
    }

    private static void Require(object? found)
    {
        if (found is null)
        {
            throw new InvalidOperationException("What was written is not found.");
        }
    }
}
