using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transfers;
using SecureStation.Core.Trust;

namespace SecureStation.Benchmarks;

/// <summary>
/// A file over a session on loopback, from memory to memory, beside what it is made of in the same run: bulk messages of the same session, and SHA-256.
/// Both ends hash each byte once and share the cores, so that the most would be 1 / (1/bulk + 1/SHA-256). And the same of files in /dev/shm, where the
/// kernel copies each byte twice more.
/// </summary>
internal static class TransferBenchmark
{
    private const int Rounds = 5;
    private const int Message = 64 * 1024;
    private const double ToReach = 0.85;
    private const string InMemory = "in memory";

    public static async Task<int> RunAsync(string[] args)
    {
        long size = (args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 512) << 20;
        string shared = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        DirectoryInfo folder = Directory.CreateDirectory(Path.Combine(shared, $"station-transfer-{Environment.ProcessId}"));
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
        var sent = new MemoryFile(await File.ReadAllBytesAsync(source));
        var received = new MemoryFile(new byte[size]);
        using StationKeyPair serverKey = StationKeyPair.Generate();
        using StationKeyPair clientKey = StationKeyPair.Generate();
        var trust = new ListenerTrust();
        trust.Admit(clientKey.PublicKey, serverKey);
        await using StationListener listener = StationListener.Start(new StationListenerOptions
        {
            KeyPair = serverKey,
            Trust = trust,
            Limits = StationLimits.Default with { Window = FileReceiverOptions.ListenerWindow },
            ReceiveFiles = new FileReceiverOptions
            {
                Folder = destination,
                MaxBytes = long.MaxValue,
                MaxFiles = long.MaxValue,
                OpenPart = (target, sender, offer) => offer.Name == InMemory ? received : PartFile.Open(target, sender, offer),
            },
        });
        await using StationSession client = await StationClient.ConnectAsync(new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = listener.Port,
            KeyPair = clientKey,
            Trust = new ClientTrust { ExpectedFingerprint = serverKey.Fingerprint },
        });
        StationSession server = await listener.AcceptAsync();

        var rates = new List<Rates>();
        for (int round = 0; round <= Rounds; round++)
        {
            var measured = new Rates(await BulkAsync(client, server, size), Hash(size), await MemoryAsync(client, sent, size), await FileAsync(client, source, destination, size));
            if (round > 0)
            {
                rates.Add(measured);
            }
        }

        long held = await HeldAsync(client, source, destination);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {Environment.OSVersion}, .NET {Environment.Version}; {size >> 20} MiB, median of {Rounds} rounds"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bulk {Median(rates, static rate => rate.Bulk):0.00} GB/s   SHA-256 {Median(rates, static rate => rate.Hash):0.00} GB/s   limit {Median(rates, static rate => rate.Limit):0.00} GB/s"));
        Console.WriteLine(Describe("in memory", rates, static rate => rate.Memory, $" (to reach {ToReach:0.00}×)"));
        Console.WriteLine(Describe($"in {folder.Parent!.FullName}", rates, static rate => rate.File, string.Empty));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory of a transfer, both ends: {held / 1048576.0:0.0} MiB (at most 32)"));
    }

    private static string Describe(string where, List<Rates> rates, Func<Rates, double> which, string target)
    {
        double[] ratios = [.. rates.Select(rate => which(rate) / rate.Limit).Order()];
        string all = string.Join(", ", ratios.Select(static ratio => ratio.ToString("0.00", CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture, $"file {where}: {Median(rates, which):0.00} GB/s, {ratios[ratios.Length / 2]:0.00}× of the limit{target}; rounds {all}");
    }

    private static double Median(List<Rates> rates, Func<Rates, double> which) => rates.Select(which).Order().ElementAt(rates.Count / 2);

    private static async Task<double> MemoryAsync(StationSession client, MemoryFile file, long size)
    {
        var transfer = new StationTransfer(client, TransferDirection.Send, InMemory, path: null);
        using var outgoing = new OutgoingFile(FileService.Of((SecureSession)client), file, file.CreateOffer([InMemory]), transfer, TimeSpan.FromSeconds(30));
        long start = Stopwatch.GetTimestamp();
        await outgoing.SendAsync();
        return Rate(size, start);
    }

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

    private sealed record Rates(double Bulk, double Hash, double Memory, double File)
    {
        public double Limit => 1 / ((1 / Bulk) + (1 / Hash));
    }
}
