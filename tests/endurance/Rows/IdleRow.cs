using System.Diagnostics;
using System.Globalization;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>Sessions that say nothing: what each costs, at the listener and at the client, which is a process of its own.</summary>
internal sealed class IdleRow() : StationRow("idle", "sessions idle between two processes", 10_000, 1000, "at most 48 KiB of heap for both ends, all open", 60)
{
    private const long MaxEach = 48 * 1024;

    public override string? LeftOut => NeedsDescriptors(10_500);

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen(StationLimits.Default with { MaxSessions = 2 * context.Count });
        await EchoOnceAsync(listener, context.Token);
        long before = Heap();
        using Process clients = OwnProcess.Start("child", "idle-clients", Text(listener.Port), listener.PublicKey.Fingerprint.ToString(), Text(context.Count));
        string said = await clients.StandardOutput.ReadLineAsync(context.Token) ?? throw new InvalidOperationException(await clients.StandardError.ReadToEndAsync(context.Token));
        long atClient = long.Parse(said, CultureInfo.InvariantCulture);
        long atListener = (Heap() - before) / context.Count;
        int served = listener.Sessions.Count(static session => session.State == StationSessionState.Open);
        clients.Kill();
        await clients.WaitForExitAsync(context.Token);
        return new RowOutcome(
            served,
            $"{served} open, {atListener / 1024.0:0.0} KiB at the listener and {atClient / 1024.0:0.0} at the client",
            atListener + atClient <= MaxEach && served == context.Count);
    }

    /// <summary>The child: connects, and says what each session costs it once all are there.</summary>
    public static async Task<int> ConnectAsync(string[] arguments)
    {
        var options = new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = int.Parse(arguments[0], CultureInfo.InvariantCulture),
            Trust = new ClientTrust { ExpectedFingerprint = Fingerprint.Parse(arguments[1]) },
            Limits = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60) },
        };
        int count = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        await using StationSession first = await StationClient.ConnectAsync(options);
        await first.CloseAsync();
        long before = Heap();
        var clients = new List<StationSession>(count);
        for (int i = 0; i < count; i++)
        {
            clients.Add(await StationClient.ConnectAsync(options));
        }

        Console.WriteLine(Text((Heap() - before) / count));
        await Task.Delay(Timeout.Infinite);
        GC.KeepAlive(clients);
        return 0;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
