using System.Net.Sockets;
using SecureStation.Core.Handshake;
using SecureStation.Core.Listening;

namespace SecureStation.Endurance.Rows;

/// <summary>Every length that can stand before message 1: but for the right one each connection is ended before anything of that length is waited for or kept.</summary>
internal sealed class LengthsRow() : StationRow("lengths", "lengths of message 1, of each suite", 60_000, 3000, "all but the suite's own ended at the length", 90)
{
    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen();
        string[] suites = [.. StationSuite.Names];
        int ended = 0;
        int waited = 0;
        int offset = context.Random.Next(65536);
        using var atOnce = new SemaphoreSlim(64);
        await Task.WhenAll(Enumerable.Range(0, context.Count).Select(async i =>
        {
            await atOnce.WaitAsync(context.Token);
            try
            {
                int length = (offset + (i * 7919)) & 0xFFFF;
                using Socket socket = await RawClients.OpenAsync(listener.Port, (byte[])[.. Preamble.Format(suites[i % suites.Length]), (byte)(length >> 8), (byte)length], context.Token);
                if (length is 32 or 64 or 1216 or 1264)
                {
                    Interlocked.Increment(ref waited);
                    return;
                }

                await RawClients.UntilEndAsync(socket, context.Token);
                Interlocked.Increment(ref ended);
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref ended);
            }
            finally
            {
                atOnce.Release();
            }
        }));
        await EchoOnceAsync(listener, context.Token);
        return new RowOutcome(ended + waited, $"{ended} ended, {waited} of a right length", ended > context.Count * 9 / 10);
    }
}
