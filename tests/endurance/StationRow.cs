using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance;

/// <summary>A row about listeners and sessions, over real sockets on loopback.</summary>
internal abstract class StationRow(string name, string what, int figure, int floor, string limit, int shortSeconds) : IEnduranceRow
{
    public string Name => name;

    public string What => what;

    public int Figure => figure;

    public int Floor => floor;

    public string Limit => limit;

    public TimeSpan ShortTime => TimeSpan.FromSeconds(shortSeconds);

    public virtual string? LeftOut => null;

    public abstract Task<RowOutcome> RunAsync(RowContext context);

    /// <summary>A listener that accepts everybody.</summary>
    protected static StationListener Listen(StationLimits? limits = null) =>
        StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any }, Limits = limits ?? StationLimits.Default });

    /// <summary>A client of it; patient, because the machine may be busy.</summary>
    protected static Task<StationSession> ConnectAsync(StationListener listener, CancellationToken token, StationKeyPair? key = null) =>
        StationClient.ConnectAsync(
            new StationClientOptions
            {
                Host = "127.0.0.1",
                Port = listener.Port,
                KeyPair = key,
                Trust = new ClientTrust { ExpectedFingerprint = listener.PublicKey.Fingerprint },
                Limits = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60) },
            },
            token);

    /// <summary>A new client says something and hears it back.</summary>
    protected static async Task EchoOnceAsync(StationListener listener, CancellationToken token)
    {
        await using StationSession client = await ConnectAsync(listener, token);
        StationSession server;
        do
        {
            // Those of others come in between.
            server = await listener.AcceptAsync(token);
        }
        while (server.Id != client.Id);

        await server.SendAsync(OutgoingMessage.Text("hello"), token);
        await client.ReceiveAsync(token);
        await client.CloseAsync(token);
    }

    /// <summary>Bytes on the managed heap after everything that can go has gone.</summary>
    protected static long Heap()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Open descriptors of this process; 0 where the system does not say.</summary>
    protected static int Descriptors() => Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;

    /// <summary>Why a row that needs so many descriptors cannot run here; null where it can.</summary>
    protected static string? NeedsDescriptors(int wanted)
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits))
        {
            return null;
        }

        string[] words = File.ReadLines(Limits).First(static line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.TryParse(words[3], out long allowed) && allowed < wanted ? $"{wanted} descriptors are needed, {allowed} are allowed (ulimit -n)" : null;
    }
}
