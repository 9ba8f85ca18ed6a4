using System.Diagnostics;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Engines;

namespace SecureStation.Endurance.Rows;

/// <summary>Four consumers in four processes share a box, and are killed at random, again and again, while messages flow.</summary>
internal sealed class MailboxConsumersRow(bool isNats) : IEnduranceRow
{
    private const int Consumers = 4;

    public string Name => isNats ? "mailbox-nats" : "mailbox-folder";

    public string What => $"messages through 4 consumers in 4 processes that are killed at random ({(isNats ? "NATS" : "folder")})";

    public int Figure => 20_000;

    public int Floor => 200;

    public string Limit => "none lost, none given twice unmarked";

    public TimeSpan ShortTime => TimeSpan.FromSeconds(240);

    public string? LeftOut => isNats && !NatsServerProcess.IsInstalled ? NatsServerProcess.Missing : null;

    public async Task<RowOutcome> RunAsync(RowContext context)
    {
        using NatsServerProcess? server = isNats ? NatsServerProcess.Start(Path.Combine(context.Folder, "nats")) : null;
        string address = server?.Address ?? Path.Combine(context.Folder, "mail");
        string logs = Directory.CreateDirectory(Path.Combine(context.Folder, "logs")).FullName;
        using var world = MailWorld.Open(context.Folder);
        await using IStationMailbox mailbox = await MailboxEngines.ConnectAsync(address, new MailboxOptions { Create = true, LeaseDuration = MailboxConsumer.Lease }, context.Token);
        var enough = new TaskCompletionSource();
        Task sending = world.SendAsync(mailbox, context.Count, context.Token, enough.Task);

        int started = 0, killed = 0;
        var consumers = new List<Process>();
        try
        {
            while (!await IsEmptyAsync(mailbox, world, sending, context))
            {
                while (consumers.Count < Consumers)
                {
                    consumers.Add(Start(address, context.Folder, Path.Combine(logs, $"{started++}.log")));
                }

                // Long enough for one to get to work, so that it dies in the middle of it.
                await Task.Delay(context.Random.Next(500, 2500), context.Token);
                if (!sending.IsCompleted)
                {
                    Process victim = consumers[context.Random.Next(consumers.Count)];
                    victim.Kill();
                    await victim.WaitForExitAsync(context.Token);
                    consumers.Remove(victim);
                    victim.Dispose();
                    killed++;
                }

                if (killed >= 3)
                {
                    enough.TrySetResult();
                }
            }
        }
        finally
        {
            consumers.ForEach(static one => one.Kill());
        }

        await sending;
        (int given, int twice, int marked) = MailLog.Judge(logs);
        return new RowOutcome(given, $"{given} given, {twice} twice unmarked, {marked} marked, {killed} killed", given == context.Count && twice == 0 && killed >= 3);
    }

    private static async Task<bool> IsEmptyAsync(IStationMailbox mailbox, MailWorld world, Task sending, RowContext context) =>
        sending.IsCompleted && await mailbox.CountAsync(world.Card.Box, context.Token) is { Waiting: 0, Leased: 0 };

    private static Process Start(string address, string world, string log)
    {
        Process process = OwnProcess.Start("child", "mailbox-consumer", address, world, log);
        process.ErrorDataReceived += static (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }
}
