using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Connecting;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transfers;
using SecureStation.Core.Trust;

namespace SecureStation.Benchmarks;

/// <summary>
/// A file over a session on loopback, from memory to memory, beside what it is made of in the same run: bulk messages of the same session, and SHA-256.
/// Both ends hash each byte once and share the cores, so that the most would be 1 / (1/bulk + 1/SHA-256).
/// </summary>
internal static class TransferBenchmark
{
    private const int Rounds = 5;
    private const int Message = 64 * 1024;
    private const double ToReach = 0.85;

    public static async Task<int> RunAsync(string[] args)
    {
        long size = (args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 512) << 20;
        string memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        DirectoryInfo folder = Directory.CreateDirectory(Path.Combine(memory, $"station-transfer-{Environment.ProcessId}"));
        try
        {
            await RunAsync(size, folder);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task RunAsync(long size, DirectoryInfo folder)
    {
        string source = Path.Combine(folder.FullName, "file");
        string destination = folder.CreateSubdirectory("in").FullName;
        Fill(source, size);
        using StationKeyPair serverKey = StationKeyPair.Generate();
        using StationKeyPair clientKey = StationKeyPair.Generate();
        var trust = new ListenerTrust();
        trust.Admit(clientKey.PublicKey, serverKey);
        await using StationListener listener = StationListener.Start(new StationListenerOptions
        {
            KeyPair = serverKey,
            Trust = trust,
            Limits = StationLimits.Default with { Window = FileReceiverOptions.ListenerWindow },
            ReceiveFiles = new FileReceiverOptions { Folder = destination, MaxBytes = long.MaxValue, MaxFiles = long.MaxValue },
        });
        await using StationSession client = await StationClient.ConnectAsync(new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = listener.Port,
            KeyPair = clientKey,
            Trust = new ClientTrust { ExpectedFingerprint = serverKey.Fingerprint },
        });
        StationSession server = await listener.AcceptAsync();

        var rates = new List<(double Bulk, double Hash, double File)>();
        for (int round = 0; round <= Rounds; round++)
        {
            (double, double, double) measured = (await BulkAsync(client, server, size), Hash(size), await FileAsync(client, source, destination, size));
            if (round > 0)
            {
                rates.Add(measured);
            }
        }

        long held = await HeldAsync(client, source, destination);
        double[] ratios = [.. rates.Select(static rate => rate.File / Limit(rate)).Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {Environment.OSVersion}, .NET {Environment.Version}; {size >> 20} MiB, median of {Rounds} rounds"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bulk {Median(rates, static rate => rate.Bulk):0.00} GB/s   SHA-256 {Median(rates, static rate => rate.Hash):0.00} GB/s   limit {Median(rates, Limit):0.00} GB/s   file {Median(rates, static rate => rate.File):0.00} GB/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"file/limit {ratios[ratios.Length / 2]:0.00}× (to reach {ToReach:0.00}×; rounds {string.Join(", ", ratios.Select(static ratio => ratio.ToString("0.00", CultureInfo.InvariantCulture)))})   memory of a transfer, both ends: {held / 1048576.0:0.0} MiB (at most 32)"));
    }

    private static double Limit((double Bulk, double Hash, double File) rate) => 1 / ((1 / rate.Bulk) + (1 / rate.Hash));

    private static double Median(List<(double Bulk, double Hash, double File)> rates, Func<(double Bulk, double Hash, double File), double> which) =>
        rates.Select(which).Order().ElementAt(rates.Count / 2);

    private static async Task<double> BulkAsync(StationSession client, StationSession server, long size)
    {
        int count = (int)(size / Message);
        var message = OutgoingMessage.Bytes(new byte[Message]);
        long start = Stopwatch.GetTimestamp();
        Task reading = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                await server.ReceiveAsync();
            }
        });
        for (int i = 0; i < count; i++)
        {
            await client.SendAsync(message);
        }

        await reading;
        return Rate(size, start);
    }

    private static double Hash(long size)
    {
        byte[] bytes = new byte[Message];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long start = Stopwatch.GetTimestamp();
        for (long hashed = 0; hashed < size; hashed += Message)
        {
            hash.AppendData(bytes);
        }

        hash.GetHashAndReset();
        return Rate(size, start);
    }

    private static async Task<double> FileAsync(StationSession client, string source, string destination, long size)
    {
        long start = Stopwatch.GetTimestamp();
        await SendAsync(client, source);
        double rate = Rate(size, start);
        File.Delete(Path.Combine(destination, "file"));
        return rate;
    }

    // What the collector finds alive in the middle of a transfer, beyond what is there before.
    private static async Task<long> HeldAsync(StationSession client, string source, string destination)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        StationTransfer transfer = FileSender.Start(client, source);
        long most = 0;
        while (!transfer.HasEnded)
        {
            await Task.Delay(20);
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        File.Delete(Path.Combine(destination, "file"));
        return most;
    }

    private static async Task SendAsync(StationSession client, string source)
    {
        StationTransfer transfer = FileSender.Start(client, source);
        await transfer.WaitAsync();
        if (transfer.Error is { } error)
        {
            throw error;
        }
    }

    private static double Rate(long size, long start) => size / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;

    private static void Fill(string path, long size)
    {
        byte[] bytes = new byte[1 << 20];
        using FileStream file = File.Create(path);
        for (long written = 0; written < size; written += bytes.Length)
        {
            Random.Shared.NextBytes(bytes);
            file.Write(bytes);
        }
    }
}
