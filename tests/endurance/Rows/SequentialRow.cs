using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Endurance.Rows;

/// <summary>Sessions one after the other, half of them taken by nobody: nothing stays behind.</summary>
internal sealed class SequentialRow() : StationRow("sequential", "sessions one after the other", 10_000, 1000, "descriptors, threads and heap back to start", 90)
{
    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen();
        for (int i = 0; i < 200; i++)
        {
            await OneAsync(listener, accept: i % 2 == 0, context.Token);
        }

        (int descriptors, int threads, long heap) = (Descriptors(), ThreadPool.ThreadCount, Heap());
        for (int i = 0; i < context.Count; i++)
        {
            await OneAsync(listener, accept: i % 2 == 0, context.Token);
        }

        while (listener.Sessions.Count > 0)
        {
            await Task.Delay(20, context.Token);
        }

        // The last 1,024 sessions that nobody has accepted may still be asked for.
        long grown = Heap() - heap;
        int left = Descriptors() - descriptors;
        bool passed = grown < 24 * 1024 * 1024 && left <= 8 && ThreadPool.ThreadCount <= threads + 32;
        return new RowOutcome(context.Count, $"heap {grown / 1024.0:+0;-0} KiB, {left:+0;-0;0} descriptors, {ThreadPool.ThreadCount - threads:+0;-0;0} threads", passed);
    }

    private static async Task OneAsync(StationListener listener, bool accept, CancellationToken token)
    {
        await using StationSession client = await ConnectAsync(listener, token);
        await client.SendAsync(OutgoingMessage.Text("x"), token);
        await listener.ReceiveAsync(token);
        if (accept)
        {
            await listener.AcceptAsync(token);
        }

        await client.CloseAsync(token);
    }
}
