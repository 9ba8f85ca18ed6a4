using System.Diagnostics;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;

namespace SecureStation.Endurance.Rows;

/// <summary>Handshakes that all begin in the same moment.</summary>
internal sealed class AtOnceRow() : StationRow("handshakes-at-once", "rounds of 200 handshakes at once", 20, 2, "all succeed, p99 at most 5 x the same in turn", 60)
{
    // The limit is what the row measures: no timeout of the listener comes before it.
    private const int AtOnce = 200;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen(StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60), FirstMessageTimeout = TimeSpan.FromSeconds(60) });
        await EchoOnceAsync(listener, context.Token);
        await InTurnAsync(listener, context.Token);
        double inTurn = await InTurnAsync(listener, context.Token);
        var times = new List<double>();
        for (int round = 0; round < context.Count; round++)
        {
            times.AddRange(await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(() => ConnectAndCloseAsync(listener, context.Token)))));
        }

        times.Sort();
        inTurn = (inTurn + await InTurnAsync(listener, context.Token)) / 2;
        double p99 = times[times.Count * 99 / 100];
        return new RowOutcome(context.Count, $"{times.Count} handshakes, median {times[times.Count / 2]:0} ms, p99 {p99:0} ms; {AtOnce} in turn {inTurn:0} ms", p99 < 5 * inTurn);
    }

    // What the machine needs for as many, beside whatever else it does.
    private static async Task<double> InTurnAsync(StationListener listener, CancellationToken token)
    {
        double sum = 0;
        for (int i = 0; i < AtOnce; i++)
        {
            sum += await ConnectAndCloseAsync(listener, token);
        }

        return sum;
    }

    // Milliseconds until it was connected.
    private static async Task<double> ConnectAndCloseAsync(StationListener listener, CancellationToken token)
    {
        long began = Stopwatch.GetTimestamp();
        StationSession client = await ConnectAsync(listener, token);
        double taken = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        await client.CloseAsync(token);
        return taken;
    }
}
