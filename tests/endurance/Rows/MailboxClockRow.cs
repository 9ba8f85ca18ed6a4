using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Engines;

namespace SecureStation.Endurance.Rows;

/// <summary>The consumers' clocks jump by days both ways while they work; a lease goes by the clock that nobody sets, and expiry by the day.</summary>
internal sealed class MailboxClockRow : IEnduranceRow
{
    public string Name => "mailbox-clock";

    public string What => "messages through 2 consumers whose clocks jump up to 2 days both ways (folder)";

    public int Figure => 5_000;

    public int Floor => 200;

    public string Limit => "none lost, none given twice unmarked";

    public TimeSpan ShortTime => TimeSpan.FromSeconds(180);

    public async Task<RowOutcome> RunAsync(RowContext context)
    {
        string logs = Directory.CreateDirectory(Path.Combine(context.Folder, "logs")).FullName;
        string mail = Path.Combine(context.Folder, "mail");
        using var world = MailWorld.Open(context.Folder);
        var clocks = new JumpingClock[2];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.Token);
        var consuming = new List<Task>();
        for (int i = 0; i < clocks.Length; i++)
        {
            clocks[i] = new JumpingClock();
            IStationMailbox mailbox = await MailboxEngines.ConnectAsync(mail, new MailboxOptions { LeaseDuration = MailboxConsumer.Lease, Time = clocks[i] }, context.Token);
            consuming.Add(MailboxConsumer.WorkAsync(mailbox, world.Terms(clocks[i]), Path.Combine(logs, $"{i}.log"), end.Token));
        }

        await using IStationMailbox own = await MailboxEngines.ConnectAsync(mail, new MailboxOptions(), context.Token);
        Task sending = world.SendAsync(own, context.Count, context.Token);
        int jumps = 0;
        while (!sending.IsCompleted || jumps < 20 || await own.CountAsync(world.Card.Box, context.Token) is not { Waiting: 0, Leased: 0 })
        {
            await Task.Delay(50, context.Token);
            clocks[context.Random.Next(clocks.Length)].Offset = TimeSpan.FromHours(context.Random.Next(-48, 48));
            jumps++;
        }

        await sending;
        await end.CancelAsync();
        await Task.WhenAll(consuming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (int given, int twice, int marked) = MailLog.Judge(logs);
        return new RowOutcome(given, $"{given} given, {twice} twice unmarked, {marked} marked, {jumps} jumps", given == context.Count && twice == 0);
    }
}
