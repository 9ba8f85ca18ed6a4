using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Engines;

namespace SecureStation.Endurance.Rows;

/// <summary>A NATS server is killed -9 and started again while messages flow: it forgets acknowledgements, and the id records must catch that.</summary>
internal sealed class MailboxRestartRow : IEnduranceRow
{
    public string Name => "mailbox-nats-restart";

    public string What => "messages through a NATS server that is killed -9 and started again";

    public int Figure => 20_000;

    public int Floor => 500;

    public string Limit => "none lost, none given twice unmarked";

    public TimeSpan ShortTime => TimeSpan.FromSeconds(240);

    public string? LeftOut => NatsServerProcess.IsInstalled ? null : NatsServerProcess.Missing;

    public async Task<RowOutcome> RunAsync(RowContext context)
    {
        using NatsServerProcess server = NatsServerProcess.Start(Path.Combine(context.Folder, "nats"));
        string logs = Directory.CreateDirectory(Path.Combine(context.Folder, "logs")).FullName;
        using var world = MailWorld.Open(context.Folder);
        var options = new MailboxOptions { Create = true, LeaseDuration = MailboxConsumer.Lease };
        await using IStationMailbox mailbox = await MailboxEngines.ConnectAsync(server.Address, options, context.Token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.Token);
        Task sending = world.SendAsync(mailbox, context.Count, context.Token);
        Task[] consuming = [.. Enumerable.Range(0, 2).Select(i => MailboxConsumer.WorkAsync(mailbox, world.Terms(), Path.Combine(logs, $"{i}.log"), end.Token))];

        int restarts = context.Count < Figure ? 3 : 10;
        for (int i = 0; i < restarts; i++)
        {
            await world.WhenSentAsync(context.Random.Next(context.Count * i / restarts, context.Count * (i + 1) / (restarts + 1)), context.Token);
            server.Kill();
            server.Start();
        }

        while (!sending.IsCompleted || await mailbox.CountAsync(world.Card.Box, context.Token) is not { Waiting: 0, Leased: 0 })
        {
            await Task.Delay(100, context.Token);
        }

        await sending;
        await end.CancelAsync();
        await Task.WhenAll(consuming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (int given, int twice, int marked) = MailLog.Judge(logs);
        return new RowOutcome(given, $"{given} given, {twice} twice unmarked, {marked} marked, {restarts} restarts", given == context.Count && twice == 0);
    }
}
