using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Benchmarks;

/// <summary>What an idle session costs: the process's memory, managed and all, before and after many of them; both ends live here.</summary>
internal static class IdleBenchmark
{
    public static async Task<int> RunAsync()
    {
        const int count = 500;
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any } });
        using var client = new StationClient(new StationClientOptions { Host = "127.0.0.1", Port = listener.Port, Trust = new ClientTrust { Mode = TrustMode.Any } });
        var sessions = new List<StationSession>();
        async Task AddAsync(int n)
        {
            for (int i = 0; i < n; i++)
            {
                sessions.Add(await client.ConnectAsync());
                sessions.Add(await listener.AcceptAsync());
            }
        }

        await AddAsync(100);
        long heapBefore = Heap();
        long residentBefore = Resident();
        await AddAsync(count);
        await Task.Delay(1000);
        long heap = Heap() - heapBefore;
        long resident = Resident() - residentBefore;
        Console.WriteLine($"{2 * count} more session ends: {heap / (2.0 * count) / 1024:0.0} KiB of heap each, {resident / (2.0 * count) / 1024:0.0} KiB resident each");
        await Task.WhenAll(sessions.Select(session => session.CloseAsync()));
        return 0;
    }

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static long Resident()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
