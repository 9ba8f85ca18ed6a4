using System.Net.Sockets;
using SecureStation.Core.Listening;

namespace SecureStation.Endurance.Rows;

/// <summary>Connections that say nothing, or a byte now and then, beside 50 honest clients.</summary>
internal sealed class SlowRow() : StationRow("slow-beside-honest", "half-open and slow connections beside 50 honest", 2000, 200, "all 50 are served", 60)
{
    private const int Honest = 50;

    public override string? LeftOut => NeedsDescriptors(5000);

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen();
        byte[] first = RawClients.FirstMessage();
        var slow = new List<Socket>();
        for (int i = 0; i < context.Count; i++)
        {
            slow.Add(await RawClients.OpenAsync(listener.Port, first.AsMemory(0, context.Random.Next(first.Length)), context.Token));
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.Token);
        Task drip = DripAsync(slow, over.Token);
        int served = 0;
        for (int i = 0; i < Honest; i++)
        {
            await EchoOnceAsync(listener, context.Token);
            served++;
        }

        await over.CancelAsync();
        await drip;
        slow.ForEach(static socket => socket.Dispose());
        return new RowOutcome(context.Count, $"{served} of {Honest} served beside {context.Count}", served == Honest);
    }

    private static async Task DripAsync(List<Socket> slow, CancellationToken token)
    {
        try
        {
            while (true)
            {
                foreach (Socket socket in slow)
                {
                    try
                    {
                        await socket.SendAsync(new byte[] { (byte)'S' }, token);
                    }
                    catch (SocketException)
                    {
                        // It has been closed, as it should be.
                    }
                }

                await Task.Delay(500, token);
            }
        }
        catch (OperationCanceledException)
        {
            // The row is over.
        }
    }
}
