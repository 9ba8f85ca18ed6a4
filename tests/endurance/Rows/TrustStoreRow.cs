using System.Diagnostics;
using System.Globalization;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>Sixteen processes that write one trust store and are killed all the time: what they said is done is there, and nothing is damaged.</summary>
internal sealed class TrustStoreRow() : StationRow("trust-store", "records by 16 writers, killed at random", 2000, 200, "each acknowledged one there, none damaged", 90)
{
    private const int Writers = 16;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        string folder = Path.Combine(context.Folder, "peers");
        HashSet<string> acknowledged = [];
        int kills = 0;
        int started = 0;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            while (Count(acknowledged) < context.Count)
            {
                using Process writer = OwnProcess.Start("child", "trust-writer", folder, string.Create(CultureInfo.InvariantCulture, $"w{Interlocked.Increment(ref started)}"));
                int lines;
                lock (context.Random)
                {
                    lines = context.Random.Next(5, 40);
                }

                while (lines-- > 0 && await writer.StandardOutput.ReadLineAsync(context.Token) is { } name)
                {
                    lock (acknowledged)
                    {
                        acknowledged.Add(name);
                    }
                }

                writer.Kill(entireProcessTree: true);
                await writer.WaitForExitAsync(context.Token);
                Interlocked.Increment(ref kills);
            }
        }));
        HashSet<string> there = [.. new FileTrustStore(folder).List().Select(static peer => peer.Name)];
        int missing = acknowledged.Count(name => !there.Contains(name));
        return new RowOutcome(acknowledged.Count, $"{acknowledged.Count} acknowledged, {kills} kills, {missing} missing", missing == 0 && kills >= Writers);
    }

    /// <summary>The child: adds peers for ever, and says each that is there.</summary>
    public static Task<int> WriteAsync(string[] arguments)
    {
        var store = new FileTrustStore(arguments[0]);
        for (int i = 0; ; i++)
        {
            using StationKeyPair key = StationKeyPair.Generate();
            string name = string.Create(CultureInfo.InvariantCulture, $"{arguments[1]}-{i}");
            store.Add(new PeerRecord { Name = name, Fingerprint = key.Fingerprint, PublicKey = key.PublicKey }, replace: false);
            Console.WriteLine(name);
        }
    }

    private static int Count(HashSet<string> names)
    {
        lock (names)
        {
            return names.Count;
        }
    }
}
