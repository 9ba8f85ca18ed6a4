using SecureStation.Core;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Engines;

namespace SecureStation.Endurance.Rows;

/// <summary>A consumer in a process of its own: child mailbox-consumer ADDRESS WORLD LOG.</summary>
internal static class MailboxConsumer
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] arguments)
    {
        using var world = MailWorld.Open(arguments[1]);
        await using IStationMailbox mailbox = await MailboxEngines.ConnectAsync(arguments[0], new MailboxOptions { LeaseDuration = Lease }, CancellationToken.None);
        await WorkAsync(mailbox, world.Terms(), arguments[2], CancellationToken.None);
        return 0;
    }

    /// <summary>Receives, notes, works a little, confirms.</summary>
    public static async Task WorkAsync(IStationMailbox mailbox, MailReaderTerms terms, string log, CancellationToken cancellationToken)
    {
        var random = new Random();
        while (true)
        {
            await using var receiver = new MailboxReceiver(mailbox, terms);
            try
            {
                while (await receiver.ReceiveAsync(isMoreWanted: true, Timeout.InfiniteTimeSpan, cancellationToken) is { } message)
                {
                    MailLog.Append(log, (string)message.Body!, message.Id!, message.Redelivered);
                    await Task.Delay(random.Next(3), cancellationToken);
                    await ConfirmAsync(message, cancellationToken);
                }
            }
            catch (StationException e) when (e.Fault == StationFault.MailboxUnavailable)
            {
                await Task.Delay(200, cancellationToken);
            }
        }
    }

    private static async Task ConfirmAsync(MailboxMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await message.ConfirmAsync(cancellationToken);
        }
        catch (StationException)
        {
            // Lost or not answered: it comes again, marked.
        }
    }
}
