using System.Diagnostics;
using System.Globalization;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Benchmarks;

/// <summary>
/// Messages a second through a listener's one receive, with 10, 1,000 and 10,000 sessions open; the clients are another process (a session is
/// a file descriptor at either end). First with ten of the sessions talking, so that only the listener's cost of having the others differs; then all in turn.
/// </summary>
internal static class SessionsBenchmark
{
    private const int Talking = 10;
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] options)
    {
        int[] counts = options.Length > 0 ? [.. options.Select(static option => int.Parse(option, CultureInfo.InvariantCulture))] : [10, 1000, 10_000];
        await using StationListener listener = StationListener.Start(new StationListenerOptions
        {
            Trust = new ListenerTrust { Mode = TrustMode.Any },
            Limits = new StationLimits { MaxSessions = counts.Max() + 1 },
        });
        using Process client = StartClient(listener.Port);
        Console.WriteLine("sessions   accepted/s   messages/s, ten talking   messages/s, all in turn   us to take one that is there");
        var rates = new List<double>();
        int open = 0;
        foreach (int count in counts)
        {
            long start = Stopwatch.GetTimestamp();
            await AskAsync(client, $"connect {count - open}");
            double accepted = (count - open) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            open = count;

            // Before the first row the JIT has its work in both processes, which would count as the cost of few sessions.
            await RateAsync(listener, client, Talking, rates.Count == 0 ? 5_000_000 : 50_000);
            double ten = 0, all = 0, take = double.MaxValue;
            for (int i = 0; i < Rounds; i++)
            {
                ten = Math.Max(ten, await RateAsync(listener, client, Talking, 200_000));
                all = Math.Max(all, await RateAsync(listener, client, count, 100_000));
                take = Math.Min(take, await TakeAsync(listener, client, count));
            }

            rates.Add(ten);
            Console.WriteLine($"{count,8} {accepted,12:0} {ten,25:0} {all,25:0} {take,30:0.00}");
        }

        double spread = 1 - (rates.Min() / rates.Max());
        Console.WriteLine($"ten talking: the slowest is {spread:P0} below the fastest");
        client.Kill();
        return spread <= 0.2 ? 0 : 1;
    }

    /// <summary>The other process: does as its standard input says, and answers each line with one.</summary>
    public static async Task<int> RunClientAsync(string port)
    {
        using var client = new StationClient(new StationClientOptions { Host = "127.0.0.1", Port = int.Parse(port, CultureInfo.InvariantCulture), Trust = new ClientTrust { Mode = TrustMode.Any } });
        var sessions = new List<StationSession>();
        var message = OutgoingMessage.Bytes(new byte[64]);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            int[] numbers = [.. line.Split(' ')[1..].Select(static number => int.Parse(number, CultureInfo.InvariantCulture))];
            if (line.StartsWith("connect", StringComparison.Ordinal))
            {
                for (int left = numbers[0]; left > 0; left -= 50)
                {
                    sessions.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(50, left)).Select(_ => client.ConnectAsync())));
                }
            }
            else
            {
                ulong last = 0;
                for (int i = 0; i < numbers[1]; i++)
                {
                    last = await sessions[i % numbers[0]].SendAsync(message);
                }

                await sessions[(numbers[1] - 1) % numbers[0]].WaitDeliveredAsync(last);
            }

            Console.WriteLine("done");
        }

        return 0;
    }

    private static async Task<double> RateAsync(StationListener listener, Process client, int talking, int messages)
    {
        long start = Stopwatch.GetTimestamp();
        Task sending = AskAsync(client, $"talk {talking} {messages}");
        for (int i = 0; i < messages; i++)
        {
            await listener.ReceiveAsync();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await sending;
        return messages / seconds;
    }

    // What taking one costs when it is there and all else is quiet.
    private static async Task<double> TakeAsync(StationListener listener, Process client, int sessions)
    {
        const int messages = 5000;
        await AskAsync(client, $"talk {sessions} {messages}");
        while (listener.Sessions.Sum(static session => session.InboxCount) < messages)
        {
            await Task.Delay(20);
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < messages; i++)
        {
            if (!listener.TryReceive(out _))
            {
                throw new InvalidOperationException("A message that had come was not found.");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / messages;
    }

    private static Process StartClient(int port)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(SessionsBenchmark).Assembly.Location);
        }

        start.ArgumentList.Add("sessions-client");
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        return Process.Start(start)!;
    }

    private static async Task AskAsync(Process client, string what)
    {
        await client.StandardInput.WriteLineAsync(what);
        await client.StandardInput.FlushAsync();
        if (await client.StandardOutput.ReadLineAsync() != "done")
        {
            throw new InvalidOperationException("The clients' process has ended.");
        }
    }
}
