using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SecureStation.Benchmarks;

/// <summary>
/// Messages over a session whose both ends have a state, until the sender has all acknowledgements and the receiver all messages; beside a plain loop that does
/// to two files what the states do: insert a message at the sender, insert it at the receiver, mark it, delete it at both; in batches of the same size.
/// </summary>
internal static class DurableBenchmark
{
    private const int Size = 64;
    private const int Rounds = 3;

    public static async Task<int> RunAsync(string[] arguments)
    {
        int count = arguments is [var text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : 50_000;
        string folder = Directory.CreateTempSubdirectory("station-durable-").FullName;
        try
        {
            using var pair = new DurablePair(folder, isDurable: true);
            using var plain = new DurablePair(folder, isDurable: false);
            await pair.OpenAsync();
            await plain.OpenAsync();
            await pair.SendAsync(Size, 5000);
            await plain.SendAsync(Size, 5000);
            for (int round = 1; round <= Rounds; round++)
            {
                (long first, long second) = pair.Commits;
                double durable = await Rate(count, () => pair.SendAsync(Size, count));
                long sent = pair.Commits.Sender - first;
                long kept = pair.Commits.Receiver - second;
                int batch = (int)Math.Max(1, 2L * count / Math.Max(1, sent + kept));
                double loop = await Rate(count, () => Task.Run(() => PlainLoop.Run(folder, count, batch, Size)));
                double memory = await Rate(count, () => plain.SendAsync(Size, count));
                double alone = await Rate(300, () => pair.SendAloneAsync(Size, 300));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round}: {durable,8:N0}/s acknowledged, {sent:N0} and {kept:N0} commits; plain loop in batches of {batch} {loop,8:N0}/s; {durable / loop:N2} x (bar 0.5 x, and 20,000/s). Without state {memory:N0}/s; each waited for {alone:N0}/s"));
            }

            return 0;
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> Rate(int count, Func<Task> work)
    {
        long began = Stopwatch.GetTimestamp();
        await work();
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
