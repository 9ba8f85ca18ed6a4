using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Benchmarks;

/// <summary>
/// Timestamps a second over HTTP, with and without a log, beside the raw signing rate of the same key in the same process: as many
/// threads as cores sign a hash, with a key object each. Rates are for each second of processor time of this process, times the cores: on an
/// idle machine that is what a clock shows, and on a busy one it does not depend on what the others do. The HTTP clients run in this process
/// too, so what they cost counts against the notary.
/// </summary>
internal static class NotaryBenchmark
{
    private const double Goal = 0.7;
    private const int Clients = 64;
    private const int Rounds = 6;

    public static int Run(string[] arguments)
    {
        double seconds = arguments.Length > 0 ? double.Parse(arguments[0], CultureInfo.InvariantCulture) : 1;
        bool isGood = true;
        foreach ((StationKeyAlgorithm algorithm, int size) in new[] { (StationKeyAlgorithm.Rsa, 2048), (StationKeyAlgorithm.Rsa, 3072), (StationKeyAlgorithm.EcdsaP256, 0) })
        {
            using X509Certificate2 certificate = NotaryCertificate.Create("CN=Benchmark", algorithm, size, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            double raw = 0, direct = 0, http = 0, logged = 0;
            for (int round = 0; round < Rounds; round++)
            {
                // In turns, and the best of each: whatever else the machine does hits one of them as likely as another.
                raw = Math.Max(raw, MeasureRaw(certificate, seconds));
                direct = Math.Max(direct, MeasureAuthority(certificate, seconds));
                http = Math.Max(http, MeasureHttp(certificate, log: null, seconds));
                logged = Math.Max(logged, MeasureLogged(certificate, seconds));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{algorithm} {(size == 0 ? 256 : size),4}: raw {raw,8:0} signatures/s; authority {direct,8:0}/s ({direct / raw:P0}); HTTP {http,8:0}/s ({http / raw:P0}); HTTP and log {logged,8:0}/s ({logged / raw:P0})"));
            isGood &= algorithm != StationKeyAlgorithm.Rsa || http / raw >= Goal;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Clients} clients, {Environment.ProcessorCount} cores; goal {Goal:P0} of raw by RSA over HTTP: {(isGood ? "met" : "MISSED")}"));
        return isGood ? 0 : 1;
    }

    private static double MeasureRaw(X509Certificate2 certificate, double seconds)
    {
        byte[] hash = SHA256.HashData("x"u8);
        return Measure(Environment.ProcessorCount, seconds, () =>
        {
            RSA? rsa = certificate.GetRSAPrivateKey();
            ECDsa? ecdsa = certificate.GetECDsaPrivateKey();
            return () =>
            {
                _ = rsa?.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ?? ecdsa!.SignHash(hash);
                return Task.CompletedTask;
            };
        });
    }

    private static double MeasureAuthority(X509Certificate2 certificate, double seconds)
    {
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = certificate });
        byte[] query = Query().ToBytes();
        return Measure(Environment.ProcessorCount, seconds, () => () => authority.RespondAsync(query));
    }

    private static double MeasureHttp(X509Certificate2 certificate, string? log, double seconds)
    {
        StationNotary notary = StationNotary.Start(new StationNotaryOptions { Authority = new TimestampAuthorityOptions { Certificate = certificate }, LogPath = log });
        try
        {
            byte[] query = Query().ToBytes();
            return Measure(Clients, seconds, () =>
            {
                var client = new RawHttpClient(notary.Port, query);
                return client.AskAsync;
            });
        }
        finally
        {
            notary.StopAsync().GetAwaiter().GetResult();
        }
    }

    private static double MeasureLogged(X509Certificate2 certificate, double seconds)
    {
        string log = Path.GetTempFileName();
        try
        {
            return MeasureHttp(certificate, log, seconds);
        }
        finally
        {
            File.Delete(log);
            File.Delete(log + ".lock");
        }
    }

    private static double Measure(int workers, double seconds, Func<Func<Task>> prepare)
    {
        long count = 0;
        using var end = new CancellationTokenSource();
        Func<Task>[] work = [.. Enumerable.Range(0, workers).Select(_ => prepare())];
        TimeSpan start = Environment.CpuUsage.TotalTime;
        Task[] all = [.. work.Select(one => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await one().ConfigureAwait(false);
                Interlocked.Increment(ref count);
            }
        }))];
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        end.Cancel();
        Task.WaitAll(all);
        return count / (Environment.CpuUsage.TotalTime - start).TotalSeconds * Environment.ProcessorCount;
    }

    private static TimeStampRequest Query() => TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData("x"u8));
}
