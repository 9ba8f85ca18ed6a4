using System.Diagnostics;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;

namespace SecureStation.Endurance.Rows;

/// <summary>Handshakes that all begin in the same moment.</summary>
internal sealed class AtOnceRow() : StationRow("handshakes-at-once", "rounds of 200 handshakes at once", 20, 2, "all succeed, p99 under 20 s", 60)
{
    // The limit is what the row measures: no timeout of the listener comes before it.
    private const int AtOnce = 200;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen(StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60), FirstMessageTimeout = TimeSpan.FromSeconds(60) });
        await EchoOnceAsync(listener, context.Token);
        var times = new List<double>();
        for (int round = 0; round < context.Count; round++)
        {
            times.AddRange(await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                long began = Stopwatch.GetTimestamp();
                StationSession client = await Task.Run(() => ConnectAsync(listener, context.Token));
                double took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                await client.CloseAsync(context.Token);
                return took;
            })));
        }

        times.Sort();
        double p99 = times[(int)(times.Count * 0.99)];
        return new RowOutcome(context.Count, $"{times.Count} handshakes, median {times[times.Count / 2]:0} ms, p99 {p99:0} ms", p99 < 20_000);
    }
}
