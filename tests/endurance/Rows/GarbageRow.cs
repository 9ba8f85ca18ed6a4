using System.Net.Sockets;
using SecureStation.Core.Listening;

namespace SecureStation.Endurance.Rows;

/// <summary>Connections of nonsense: random bytes, other protocols, honest beginnings that go wrong.</summary>
internal sealed class GarbageRow() : StationRow("garbage", "connections of garbage", 20_000, 2000, "each ended, descriptors and threads as before", 90)
{
    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen();
        await EchoOnceAsync(listener, context.Token);
        int descriptors = Descriptors();
        int threads = ThreadPool.ThreadCount;
        byte[] honest = RawClients.FirstMessage();
        using var atOnce = new SemaphoreSlim(64);
        await Task.WhenAll(Enumerable.Range(0, context.Count).Select(async _ =>
        {
            await atOnce.WaitAsync(context.Token);
            try
            {
                byte[] bytes;
                lock (context.Random)
                {
                    bytes = Garbage(context.Random, honest);
                }

                using Socket socket = await RawClients.OpenAsync(listener.Port, bytes, context.Token);

                // Nothing more comes: what looks like a slow honest client need not be waited for.
                socket.Shutdown(SocketShutdown.Send);
                await RawClients.UntilEndAsync(socket, context.Token);
            }
            catch (SocketException)
            {
                // It was ended while it sent.
            }
            finally
            {
                atOnce.Release();
            }
        }));
        while (listener.PendingConnections > 0)
        {
            await Task.Delay(50, context.Token);
        }

        long failed = listener.HandshakesFailed;
        await EchoOnceAsync(listener, context.Token);
        int left = Descriptors() - descriptors;
        bool passed = failed >= context.Count && left <= 16 && ThreadPool.ThreadCount <= threads + 64;
        return new RowOutcome((int)failed, $"{failed} ended, {left} descriptors more, {ThreadPool.ThreadCount} threads", passed);
    }

    private static byte[] Garbage(Random random, byte[] honest)
    {
        byte[] bytes = new byte[random.Next(1, 3000)];
        random.NextBytes(bytes);
        switch (random.Next(4))
        {
            case 0:
                return bytes;
            case 1:
                return [.. "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8, .. bytes];
            case 2:
                return [.. honest.AsSpan(0, random.Next(honest.Length)), .. bytes];
            default:
                byte[] flipped = [.. honest];
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                return [.. flipped, .. bytes];
        }
    }
}
