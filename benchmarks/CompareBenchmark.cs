using System.Diagnostics;
using System.Globalization;
using SecureStation.Core.Handshake;

namespace SecureStation.Benchmarks;

/// <summary>
/// Plain TCP, SslStream and a station session on loopback, each measure in turn, several rounds, the median of each;
/// the ratios of the station to TLS, and, for bulk, to the most that this machine can do.
/// </summary>
internal static class CompareBenchmark
{
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 1;
        Measure[] all =
        [
            // TLS 1.3 is classical here: its share of ML-KEM needs OpenSSL 3.5.
            new("connects/s hybrid", 3.0, (channel, count) => RepeatAsync(channel.ConnectOnceAsync, count), 1, "N0"),
            new("connects/s classical", 6.0, (channel, count) => RepeatAsync(channel.ConnectOnceAsync, count), 1, "N0", IsClassical: true),
            new("bulk GB/s (64 KiB)", 1.5, (channel, count) => channel.SendAsync(65536, count), 65536 / 1e9, "0.00", OfLimit: 0.85),
            new("one-way 64 B/s", 30.0, (channel, count) => channel.SendAsync(64, count), 1, "N0"),
            new("round trips 64 B/s", 1.2, (channel, count) => channel.EchoAsync(64, count), 1, "N0"),
        ];

        // `compare 1 bulk 5`: only the rows whose name has the word, and every channel warms up for so long before its rounds: what the JIT has
        // yet to do is in the first seconds otherwise, above all in ours, as the runtime's own code comes compiled.
        Measure[] measures = args.Length > 1 && args[1] != "all" ? [.. all.Where(measure => measure.Name.Contains(args[1], StringComparison.Ordinal))] : all;
        double warmUp = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 0;
        IChannel classical = new StationChannel(StationSuite.Default.Classical());
        IChannel[] channels = [new StreamChannel(tls: false), new StreamChannel(tls: true), new StationChannel(), new LimitChannel()];
        foreach (IChannel channel in channels.Append(classical))
        {
            await channel.OpenAsync();
        }

        Console.WriteLine($"{Environment.ProcessorCount} cores, {Environment.OSVersion}, .NET {Environment.Version}; median of {Rounds} rounds of about {seconds} s");
        Console.WriteLine($"{"",-22}{"TCP",14}{"TLS 1.3",14}{"station",14}{"limit",14}{"station/TLS",14}{"to reach",10}{"/limit",10}{"to reach",10}");
        foreach (Measure measure in measures)
        {
            IChannel[] taking = measure.IsClassical ? [channels[0], channels[1], classical] : measure.OfLimit is null ? channels[..^1] : channels;
            await WarmUpAsync(measure, taking, warmUp);
            await ReportAsync(measure, taking, seconds);
        }

        foreach (IChannel channel in channels.Append(classical))
        {
            await channel.DisposeAsync();
        }

        return 0;
    }

    private static async Task WarmUpAsync(Measure measure, IChannel[] channels, double seconds)
    {
        foreach (IChannel channel in channels)
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            {
                await measure.Run(channel, 100);
            }
        }
    }

    private static async Task ReportAsync(Measure measure, IChannel[] channels, double seconds)
    {
        // The channels take turns in every round, so that a machine that slows down slows all of them down.
        int[] counts = new int[channels.Length];
        for (int c = 0; c < channels.Length; c++)
        {
            counts[c] = await CalibrateAsync(measure, channels[c], seconds);
        }

        double[][] rates = [.. channels.Select(static _ => new double[Rounds])];
        for (int round = 0; round < Rounds; round++)
        {
            for (int c = 0; c < channels.Length; c++)
            {
                rates[c][round] = await RateAsync(measure, channels[c], counts[c]);
            }
        }

        string[] cells = [.. rates.Select(values => (Median(values) * measure.Unit).ToString(measure.Format, CultureInfo.InvariantCulture))];
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{measure.Name,-22}{cells[0],14}{cells[1],14}{cells[2],14}{cells.ElementAtOrDefault(3),14}{Ratio(1),13:0.00}×{measure.Target,9:0.0}×");
        Console.WriteLine(measure.OfLimit is { } share ? string.Create(CultureInfo.InvariantCulture, $"{line}{Ratio(3),9:0.00}×{share,9:0.00}×") : line);

        // Of the rounds' ratios, not of the medians: a round is one stretch of time.
        double Ratio(int other) => Median([.. Enumerable.Range(0, Rounds).Select(round => rates[2][round] / rates[other][round])]);
    }

    private static async Task<int> CalibrateAsync(Measure measure, IChannel channel, double seconds)
    {
        int count = 16;
        while (true)
        {
            double rate = await RateAsync(measure, channel, count);
            if (count / rate > seconds / 8)
            {
                return Math.Max(16, (int)(rate * seconds));
            }

            count *= 4;
        }
    }

    private static async Task<double> RateAsync(Measure measure, IChannel channel, int count)
    {
        long start = Stopwatch.GetTimestamp();
        await measure.Run(channel, count);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task RepeatAsync(Func<Task> one, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await one();
        }
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private sealed record Measure(string Name, double Target, Func<IChannel, int, Task> Run, double Unit, string Format, double? OfLimit = null, bool IsClassical = false);
}
