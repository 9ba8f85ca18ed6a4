using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;

namespace SecureStation.Endurance.Rows;

/// <summary>Sessions that say nothing: what each costs.</summary>
internal sealed class IdleRow() : StationRow("idle", "sessions idle, both ends in the process", 9000, 500, "at most 32 KiB of heap a pair, all open", 60)
{
    public override string? LeftOut => NeedsDescriptors(19_000);

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen();
        await EchoOnceAsync(listener, context.Token);
        long before = Heap();
        var clients = new List<StationSession>(context.Count);
        for (int i = 0; i < context.Count; i++)
        {
            clients.Add(await ConnectAsync(listener, context.Token));
        }

        long each = (Heap() - before) / context.Count;
        int open = clients.Count(static client => client.State == StationSessionState.Open);
        int served = listener.Sessions.Count(static session => session.State == StationSessionState.Open);
        await Task.WhenAll(clients.Select(client => client.CloseAsync(context.Token)));
        return new RowOutcome(open, $"{each / 1024.0:0.0} KiB a pair, {open} open", each <= 32 * 1024 && open == context.Count && served == context.Count);
    }
}
