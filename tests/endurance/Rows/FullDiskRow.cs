using SecureStation.Core;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// A disk of 1 MiB that fills up, below the key store, the trust store, the log, a state, files that come in, and a mailbox: each says so by its own error,
/// loses nothing that was there, leaves nothing half-written, and goes on when there is room.
/// </summary>
internal sealed class FullDiskRow() : StationRow("full-disk", "times that the disk fills up, for each of six stores", 50, 5, "a typed error; nothing lost or half-written", 90)
{
    // Key store, trust store, log, state, transfer and mailbox each refuse at least once.
    private const int PerRound = 6;

    public override string? LeftOut => SmallDisk.LeftOut;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        int refused = 0;
        int rounds = 0;
        for (; rounds < context.Count; rounds++)
        {
            using var disk = new SmallDisk(Path.Combine(context.Folder, $"disk{rounds}"));
            refused += await FullDiskStores.FillAsync(disk, context.Token);
            refused += await FullDiskState.FillAsync(disk, context.Token);
            refused += await FullDiskTransfer.FillAsync(disk, Path.Combine(context.Folder, $"source{rounds}"), context.Token);
            refused += await FullDiskMail.FillAsync(disk, Path.Combine(context.Folder, $"world{rounds}"), context.Token);
        }

        return new RowOutcome(rounds, $"{refused} writes refused, all kept", refused >= PerRound * rounds);
    }

    /// <summary>Whether the work is refused, with the fault that it may have.</summary>
    public static async Task<int> RefusesAsync(StationFault fault, Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (StationException e)
        {
            SmallDisk.Require(e.Fault == fault, $"{e.Fault} where {fault} was due: {e.Message}");
            return 1;
        }
    }
}
