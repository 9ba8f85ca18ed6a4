using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Endurance.Rows;

/// <summary>Peers whose program never takes a message: what a sender and a receiver hold for them is bounded.</summary>
internal sealed class NeverReadsRow() : StationRow("never-reads", "peers that never read, sent to until it stops", 200, 20, "at most 4 MiB a pair, others go on", 60)
{
    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen();
        await EchoOnceAsync(listener, context.Token);
        long before = Heap();
        var clients = new List<StationSession>();
        long accepted = 0;
        byte[] body = new byte[4096];
        for (int i = 0; i < context.Count; i++)
        {
            StationSession client = await ConnectAsync(listener, context.Token);
            StationSession server = await listener.AcceptAsync(context.Token);
            clients.Add(client);
            using var stuck = CancellationTokenSource.CreateLinkedTokenSource(context.Token);
            try
            {
                while (true)
                {
                    stuck.CancelAfter(200);
                    await server.SendAsync(OutgoingMessage.Bytes(body), stuck.Token);
                    accepted++;
                }
            }
            catch (OperationCanceledException) when (!context.Token.IsCancellationRequested)
            {
                // The window and the outbox are full: that is the bound.
            }
        }

        long each = (Heap() - before) / context.Count;
        await using StationLoopback other = await StationLoopback.CreateAsync(cancellationToken: context.Token);
        await other.Left.SendAsync(OutgoingMessage.Text("on"), context.Token);
        await other.Right.ReceiveAsync(context.Token);
        await EchoOnceAsync(listener, context.Token);
        clients.ForEach(static client => client.Abort());
        bool isBounded = each <= 4 * 1024 * 1024 && accepted > 100L * context.Count;
        return new RowOutcome(context.Count, $"{each / 1024.0 / 1024.0:0.00} MiB a pair, {accepted / context.Count} messages taken each", isBounded);
    }
}
