using System.Diagnostics;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Benchmarks;

/// <summary>Messages a second of the two old chats, over TCP on loopback.</summary>
internal static class LegacyBenchmark
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(3);

    public static int Run()
    {
        if (!LegacyProtocols.IsPresent)
        {
            Console.Error.WriteLine("SecureStation.Legacy is not part of this build.");
            return 1;
        }

        foreach (string protocol in (string[])["IdeaStation", "AesChat"])
        {
            Console.WriteLine($"{protocol,-12} in turn   {InTurnAsync(protocol).GetAwaiter().GetResult(),10:N0} messages/s");
        }

        Console.WriteLine($"{"IdeaStation",-12} one way   {OneWayAsync("IdeaStation").GetAwaiter().GetResult(),10:N0} messages/s");
        return 0;
    }

    // As the old programs do: one message, one answer.
    private static async Task<double> InTurnAsync(string protocol)
    {
        (StationListener listener, StationSession client, StationSession server) = await ConnectAsync(protocol).ConfigureAwait(false);
        await using (listener.ConfigureAwait(false))
        {
            var watch = Stopwatch.StartNew();
            long messages = 0;
            while (watch.Elapsed < s_duration)
            {
                await client.SendAsync(OutgoingMessage.Text("a line that somebody typed into a chat")).ConfigureAwait(false);
                await server.ReceiveAsync().ConfigureAwait(false);
                await server.SendAsync(OutgoingMessage.Text("and the answer to it")).ConfigureAwait(false);
                await client.ReceiveAsync().ConfigureAwait(false);
                messages += 2;
            }

            return messages / watch.Elapsed.TotalSeconds;
        }
    }

    private static async Task<double> OneWayAsync(string protocol)
    {
        const int Count = 20_000;
        (StationListener listener, StationSession client, StationSession server) = await ConnectAsync(protocol).ConfigureAwait(false);
        await using (listener.ConfigureAwait(false))
        {
            var watch = Stopwatch.StartNew();
            Task sending = Task.Run(async () =>
            {
                for (int i = 0; i < Count; i++)
                {
                    await client.SendAsync(OutgoingMessage.Text("a line that somebody typed into a chat")).ConfigureAwait(false);
                }
            });

            // A read may end within a message, so text is counted.
            for (long bytes = 0, all = Count * (long)"a line that somebody typed into a chat".Length; bytes < all;)
            {
                bytes += (await server.ReceiveAsync().ConfigureAwait(false)).Length;
            }

            double seconds = watch.Elapsed.TotalSeconds;
            await sending.ConfigureAwait(false);
            return Count / seconds;
        }
    }

    private static async Task<(StationListener Listener, StationSession Client, StationSession Server)> ConnectAsync(string name)
    {
        IStationProtocol protocol = StationProtocols.Find(name);
        var legacy = new LegacyOptions { IsAllowed = true, DisplayName = "bench" };
        StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any }, Protocols = [protocol], Legacy = legacy });
        StationSession client = await StationClient.ConnectAsync(new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = listener.Port,
            Trust = new ClientTrust { Mode = TrustMode.Any },
            Protocol = protocol,
            Legacy = legacy,
        }).ConfigureAwait(false);
        return (listener, client, await listener.AcceptAsync().ConfigureAwait(false));
    }
}
