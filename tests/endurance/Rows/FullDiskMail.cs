using SecureStation.Core;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Engines;

namespace SecureStation.Endurance.Rows;

/// <summary>A mailbox in a folder on a disk that is full: who sends is told, no letter is there by halves, and what was there is received once.</summary>
internal static class FullDiskMail
{
    public static async Task<int> FillAsync(SmallDisk disk, string folder, CancellationToken token)
    {
        using var world = MailWorld.Open(folder);
        await using IStationMailbox mailbox = await MailboxEngines.ConnectAsync(Path.Combine(disk.Folder, "mail"), new MailboxOptions(), token);
        await world.SendAsync(mailbox, 2, token);
        disk.Fill();
        int refused = await FullDiskRow.RefusesAsync(StationFault.MailboxFull, () => world.SendAsync(mailbox, 1, token));
        SmallDisk.Require(await mailbox.CountAsync(world.Card.Box, token) is { Waiting: 2, Leased: 0, Dead: 0 }, "the mailbox's letters");
        disk.Free();
        await world.SendAsync(mailbox, 1, token);
        await using var receiver = new MailboxReceiver(mailbox, world.Terms());
        for (int i = 0; i < 3; i++)
        {
            MailboxMessage message = await receiver.ReceiveAsync(isMoreWanted: false, TimeSpan.FromSeconds(30), token) ?? throw new InvalidOperationException($"Message {i} did not come.");
            SmallDisk.Require(message.Redelivered == false, "a message that nobody had");
            await message.ConfirmAsync(token);
        }

        SmallDisk.Require(await mailbox.CountAsync(world.Card.Box, token) is { Waiting: 0, Leased: 0, Dead: 0 }, "the mailbox afterwards");
        return refused;
    }
}
