using SecureStation.Core;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Folder;

namespace SecureStation.Endurance.Rows;

/// <summary>Consumers that hold a letter longer than their lease: another gets it, and they hear LeaseLost whatever they try.</summary>
internal sealed class MailboxLeaseRow : IEnduranceRow
{
    private const string Box = "abcdefghijklmnopqrstuvwxyz234567";

    public string Name => "mailbox-lease";

    public string What => "letters whose holder stalls past its lease (folder)";

    public int Figure => 1000;

    public int Floor => 50;

    public string Limit => "each given again once, its first holder fenced";

    public TimeSpan ShortTime => TimeSpan.FromSeconds(120);

    public async Task<RowOutcome> RunAsync(RowContext context)
    {
        var options = new MailboxOptions { LeaseDuration = TimeSpan.FromSeconds(1) };
        await using FolderMailbox stalling = FolderMailbox.Open(context.Folder, options);
        await using FolderMailbox taking = FolderMailbox.Open(context.Folder, options);
        var stalled = new List<MailLease>();
        for (int i = 0; i < context.Count; i++)
        {
            await stalling.PutAsync(Box, new MailboxLetter(BitConverter.GetBytes(i), DateTimeOffset.UtcNow), isDurable: false, context.Token);
        }

        while (await stalling.TakeAsync(Box, MailState.Waiting, TimeSpan.Zero, context.Token) is { } lease)
        {
            stalled.Add(lease);
        }

        var seen = new Dictionary<int, int>();
        int fenced = 0;
        while (seen.Values.Sum() < context.Count)
        {
            MailLease lease = await taking.TakeAsync(Box, MailState.Waiting, Timeout.InfiniteTimeSpan, context.Token) ?? throw new TimeoutException();
            int number = BitConverter.ToInt32(lease.Body.Span);
            seen[number] = seen.GetValueOrDefault(number) + 1;
            await lease.CompleteAsync(context.Token);
        }

        foreach (MailLease lost in stalled)
        {
            fenced += await IsLostAsync(lost, context) ? 1 : 0;
        }

        int twice = seen.Values.Count(times => times > 1);
        return new RowOutcome(seen.Count, $"{seen.Count} given again, {twice} twice, {fenced} fenced", twice == 0 && fenced == stalled.Count && stalled.Count == context.Count);
    }

    private static async Task<bool> IsLostAsync(MailLease lease, RowContext context)
    {
        try
        {
            await (context.Random.Next(3) switch
            {
                0 => lease.CompleteAsync(context.Token),
                1 => lease.ReturnAsync(TimeSpan.Zero, context.Token),
                _ => lease.BuryAsync("Stalled", context.Token),
            });
            return false;
        }
        catch (StationException e)
        {
            return e.Fault == StationFault.LeaseLost;
        }
    }
}
