using System.Diagnostics;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Benchmarks;

/// <summary>
/// Messages a second through a listener's one receive, with 10, 1,000 and 10,000 sessions open; both ends live here. First with ten of the sessions
/// talking, so that only the listener's cost of having the others differs; then with all of them in turn.
/// </summary>
internal static class SessionsBenchmark
{
    private const int Talking = 10;
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] options)
    {
        int[] counts = options.Length > 0 ? [.. options.Select(int.Parse)] : [10, 1000, 10_000];
        await using StationListener listener = StationListener.Start(new StationListenerOptions
        {
            Trust = new ListenerTrust { Mode = TrustMode.Any },
            Limits = new StationLimits { MaxSessions = counts.Max() + 1 },
        });
        using var client = new StationClient(new StationClientOptions { Host = "127.0.0.1", Port = listener.Port, Trust = new ClientTrust { Mode = TrustMode.Any } });
        var sessions = new List<StationSession>();
        var talking = new List<double>();
        Console.WriteLine("sessions   accepted/s   messages/s, ten sessions talking   messages/s, all in turn   wait to receive one, us");
        foreach (int count in counts)
        {
            long start = Stopwatch.GetTimestamp();
            int before = sessions.Count;
            while (sessions.Count < count)
            {
                sessions.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(50, count - sessions.Count)).Select(_ => client.ConnectAsync())));
            }

            double accepted = (count - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            while (listener.Sessions.Count < count)
            {
                await Task.Delay(10);
            }

            await RateAsync(listener, sessions, Talking, 20_000);
            double ten = await BestAsync(() => RateAsync(listener, sessions, Talking, 200_000));
            double all = await BestAsync(() => RateAsync(listener, sessions, count, 100_000));
            double wait = await BestAsync(() => PollAsync(listener, sessions), isTime: true);
            talking.Add(ten);
            Console.WriteLine($"{count,8} {accepted,12:0} {ten,34:0} {all,25:0} {wait,25:0.00}");
        }

        double spread = (talking.Max() - talking.Min()) / talking.Max();
        Console.WriteLine($"ten talking: slowest is {spread:P0} below the fastest");
        await Task.WhenAll(sessions.Select(static session => Task.Run(session.Abort)));
        return spread <= 0.2 ? 0 : 1;
    }

    private static async Task<double> BestAsync(Func<Task<double>> measure, bool isTime = false)
    {
        double best = isTime ? double.MaxValue : 0;
        for (int i = 0; i < Rounds; i++)
        {
            double one = await measure();
            best = isTime ? Math.Min(best, one) : Math.Max(best, one);
        }

        return best;
    }

    // Senders and the one receiver at once, 64 bytes a message.
    private static async Task<double> RateAsync(StationListener listener, List<StationSession> sessions, int talking, int messages)
    {
        var message = OutgoingMessage.Bytes(new byte[64]);
        long start = Stopwatch.GetTimestamp();
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < messages; i++)
            {
                await sessions[i % talking].SendAsync(message);
            }
        });
        for (int i = 0; i < messages; i++)
        {
            await listener.ReceiveAsync();
        }

        await sending;
        return messages / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // What taking one message costs when it is there, with all else quiet.
    private static async Task<double> PollAsync(StationListener listener, List<StationSession> sessions)
    {
        const int count = 1000;
        for (int i = 0; i < count; i++)
        {
            StationSession session = sessions[i % sessions.Count];
            await session.SendAsync(OutgoingMessage.Text("x"));
        }

        while (listener.Sessions.Sum(static session => session.InboxCount) < count)
        {
            await Task.Delay(10);
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            if (!listener.TryReceive(out _))
            {
                throw new InvalidOperationException("A message that had come was not found.");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;
    }
}
