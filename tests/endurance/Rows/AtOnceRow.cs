using System.Diagnostics;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;

namespace SecureStation.Endurance.Rows;

/// <summary>Handshakes that all begin in the same moment.</summary>
internal sealed class AtOnceRow() : StationRow("handshakes-at-once", "rounds of 200 handshakes at once", 20, 2, "all succeed, a round's p99 under 20 s", 60)
{
    // The limit is what the row measures: no timeout of the listener comes before it.
    private const int AtOnce = 200;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen(StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60), FirstMessageTimeout = TimeSpan.FromSeconds(60) });
        await EchoOnceAsync(listener, context.Token);
        var times = new List<double>();
        var slowest = new List<double>();
        for (int round = 0; round < context.Count; round++)
        {
            double[] took = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                long began = Stopwatch.GetTimestamp();
                StationSession client = await Task.Run(() => ConnectAsync(listener, context.Token));
                double taken = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                await client.CloseAsync(context.Token);
                return taken;
            }));
            Array.Sort(took);
            slowest.Add(took[AtOnce * 99 / 100]);
            times.AddRange(took);
        }

        times.Sort();
        slowest.Sort();

        // Of the round in the middle: a machine that stood still for a while did so in few of them.
        double p99 = slowest[(slowest.Count - 1) / 2];
        return new RowOutcome(context.Count, $"{times.Count} handshakes, median {times[times.Count / 2]:0} ms, a round's p99 {p99:0} ms", p99 < 20_000);
    }
}
