using System.Net.Sockets;
using SecureStation.Core.Listening;

namespace SecureStation.Endurance.Rows;

/// <summary>Connections that have the listener do its work for message 1, and then say nothing more.</summary>
internal sealed class StopAfterFirstRow() : StationRow("message1-and-stop", "connections that send message 1 and stop", 2000, 200, "at most 64 KiB each, honest ones served", 90)
{
    public override string? LeftOut => NeedsDescriptors(5000);

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen();
        await EchoOnceAsync(listener, context.Token);
        long before = Heap();
        var sockets = new List<Socket>();
        for (int i = 0; i < context.Count; i++)
        {
            sockets.Add(await RawClients.OpenAsync(listener.Port, RawClients.FirstMessage(), context.Token));
        }

        // Message 2 shows that the work was done, unless it came too late on a busy machine and the connection is at its end.
        int answered = 0;
        byte[] answer = new byte[1];
        foreach (Socket socket in sockets)
        {
            try
            {
                answered += await socket.ReceiveAsync(answer, context.Token) > 0 ? 1 : 0;
            }
            catch (SocketException)
            {
                // Its ten seconds were over.
            }
        }

        long each = (Heap() - before) / context.Count;
        await EchoOnceAsync(listener, context.Token);
        foreach (Socket socket in sockets)
        {
            await RawClients.UntilEndAsync(socket, context.Token);
            socket.Dispose();
        }

        bool passed = each <= 64 * 1024 && listener.PendingConnections == 0 && answered > context.Count / 10;
        return new RowOutcome(context.Count, $"{each / 1024.0:0.0} KiB each, {answered} answered, {listener.PendingConnections} left", passed);
    }
}
