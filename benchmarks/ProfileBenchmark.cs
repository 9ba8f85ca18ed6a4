using System.Diagnostics;

namespace SecureStation.Benchmarks;

/// <summary>One measure of one kind of connection alone, again and again, so that a profiler can watch it.</summary>
internal static class ProfileBenchmark
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string what, string on)
    {
        await using IChannel channel = on switch
        {
            "tcp" => new StreamChannel(tls: false),
            "tls" => new StreamChannel(tls: true),
            "limit" => new LimitChannel(),
            _ => new StationChannel(),
        };
        await channel.OpenAsync();
        long exceptions = 0;
        AppDomain.CurrentDomain.FirstChanceException += (_, _) => Interlocked.Increment(ref exceptions);
        long start = Stopwatch.GetTimestamp();
        long operations = 0;
        while (Stopwatch.GetElapsedTime(start) < s_duration)
        {
            operations += what switch
            {
                "connect" => await TimesAsync(channel.ConnectOnceAsync(), 1),
                "bulk" => await TimesAsync(channel.SendAsync(65536, 4096), 4096),
                "small" => await TimesAsync(channel.SendAsync(64, 200_000), 200_000),
                "paced" => await TimesAsync(PacedAsync(channel, 20_000), 20_000),
                "echo" => await TimesAsync(channel.EchoAsync(64, 2000), 2000),
                _ => throw new ArgumentException($"unknown measure '{what}'"),
            };
        }

        using var self = Process.GetCurrentProcess();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine($"{operations / seconds:N0} a second, {self.TotalProcessorTime.TotalMicroseconds / operations:N1} µs of CPU each, {GC.GetTotalAllocatedBytes() / operations:N0} bytes allocated each, {GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)} collections, {(double)exceptions / operations:0.0} exceptions each");
        return 0;
    }

    // One message each 20 µs, as a pipeline sends them: what a message costs is the processor's time less these 20 µs.
    private static async Task PacedAsync(IChannel channel, int count)
    {
        await channel.SendAsync(64, count, static () =>
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMicroseconds < 20;)
            {
            }
        });
    }

    private static async Task<int> TimesAsync(Task task, int count)
    {
        await task;
        return count;
    }
}
