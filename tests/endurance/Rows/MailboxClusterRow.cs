using SecureStation.Core;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Engines;

namespace SecureStation.Endurance.Rows;

/// <summary>Three NATS servers keep everything three times; one of them is killed -9 while messages flow, and does not come back.</summary>
internal sealed class MailboxClusterRow : IEnduranceRow
{
    public string Name => "mailbox-cluster";

    public string What => "messages through a cluster of 3 NATS servers, one of which is killed -9";

    public int Figure => 5_000;

    public int Floor => 200;

    public string Limit => "none lost, none given twice unmarked";

    public TimeSpan ShortTime => TimeSpan.FromSeconds(240);

    public string? LeftOut => NatsServerProcess.IsInstalled ? null : NatsServerProcess.Missing;

    public async Task<RowOutcome> RunAsync(RowContext context)
    {
        int[] routes = [.. Enumerable.Range(0, 3).Select(_ => NatsServerProcess.FreePort())];
        NatsServerProcess[] servers = [.. Enumerable.Range(0, 3).Select(i => NatsServerProcess.Start(Path.Combine(context.Folder, $"nats{i}"), $$"""
            server_name: n{{i}}
            cluster {
              name: endurance
              listen: "127.0.0.1:{{routes[i]}}"
              routes: [{{string.Join(", ", routes.Select(port => $"\"nats://127.0.0.1:{port}\""))}}]
            }
            """))];
        try
        {
            return await RunAsync(context, servers);
        }
        finally
        {
            Array.ForEach(servers, static server => server.Dispose());
        }
    }

    private static async Task<RowOutcome> RunAsync(RowContext context, NatsServerProcess[] servers)
    {
        string logs = Directory.CreateDirectory(Path.Combine(context.Folder, "logs")).FullName;
        using var world = MailWorld.Open(context.Folder);
        await using IStationMailbox mailbox = await ConnectAsync("nats://" + string.Join(',', servers.Select(server => $"127.0.0.1:{server.Port}")), context);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.Token);
        Task consuming = MailboxConsumer.WorkAsync(mailbox, world.Terms(), Path.Combine(logs, "0.log"), end.Token);
        Task sending = world.SendAsync(mailbox, context.Count, context.Token);

        await world.WhenSentAsync(context.Random.Next(context.Count / 10, context.Count / 2), context.Token);
        bool wasSending = !sending.IsCompleted;
        servers[context.Random.Next(3)].Kill();
        await sending;
        while (MailLog.Judge(logs).Given < context.Count)
        {
            await Task.Delay(500, context.Token);
        }

        await end.CancelAsync();
        await consuming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (int given, int twice, int marked) = MailLog.Judge(logs);
        return new RowOutcome(given, $"{given} given, {twice} twice unmarked, {marked} marked, 1 of 3 killed", given == context.Count && twice == 0 && wasSending);
    }

    // A leader has to be chosen first.
    private static async Task<IStationMailbox> ConnectAsync(string address, RowContext context)
    {
        while (true)
        {
            try
            {
                return await MailboxEngines.ConnectAsync(address, new MailboxOptions { Create = true, Replicas = 3, LeaseDuration = TimeSpan.FromSeconds(5) }, context.Token);
            }
            catch (StationException e) when (e.Fault == StationFault.MailboxUnavailable)
            {
                await Task.Delay(500, context.Token);
            }
        }
    }
}
