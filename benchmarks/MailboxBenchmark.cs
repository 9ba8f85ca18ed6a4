using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Noise.Primitives;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Benchmarks;

/// <summary>
/// Sealing a file from memory to memory, beside what it is made of in the same run on one core: ChaCha20-Poly1305 (C) and SHA-256 (S), so that one core
/// would make 1 / (1/C + 1/S).
/// </summary>
internal static class MailboxBenchmark
{
    private const int Rounds = 5;
    private const int Chunk = 64 * 1024;
    private const double ToReach = 0.8;

    public static int Run(string[] args)
    {
        long size = (args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 512) << 20;
        string memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        DirectoryInfo folder = Directory.CreateDirectory(Path.Combine(memory, $"station-seal-{Environment.ProcessId}"));
        try
        {
            SealFile(size, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static void SealFile(long size, string folder)
    {
        string source = Path.Combine(folder, "file"), target = source + ".age", opened = Path.Combine(folder, "opened");
        Fill(source, size);
        using StationKeyPair alice = StationKeyPair.Generate();
        using StationKeyPair bob = new KeyStore(Path.Combine(folder, "keys")).Save("bob", StationKeyPair.Generate());
        var store = new SealingKeyStore(new KeyStore(Path.Combine(folder, "keys")));
        StationCard card = store.ExportCard(bob, "bob", [], DateTimeOffset.UtcNow);
        using StationSealingKeys keys = store.Load("bob", []);
        var options = new SealedFileOptions();
        var rates = new List<(double Cipher, double Hash, double Seal, double Open)>();
        for (int round = 0; round <= Rounds; round++)
        {
            // To new files: what a file system takes to forget old ones is not what is measured.
            File.Delete(target);
            File.Delete(opened);
            double cipher = Cipher(size), hash = Hash(size);
            double seal = Rate(size, () =>
            {
                using FileStream file = File.OpenRead(source);
                SealedFile.Seal(file, target, new SealingTerms { Sender = alice, Recipients = [SealRecipient.Of(card, "bob", DateTimeOffset.UtcNow)], Kind = SealedKind.File }, options);
            });
            double open = Rate(size, () =>
            {
                using FileStream file = File.OpenRead(target);
                SealedFile.Open(file, _ => opened, new OpeningTerms { Identities = keys.ToIdentities(), FindSender = static _ => "alice", MaxBodyLength = long.MaxValue }, options);
            });
            if (round > 0)
            {
                rates.Add((cipher, hash, seal, open));
            }
        }

        double Median(Func<(double Cipher, double Hash, double Seal, double Open), double> rate) => rates.Select(rate).Order().ElementAt(Rounds / 2);
        static double Limit((double Cipher, double Hash, double Seal, double Open) rate) => 1 / ((1 / rate.Cipher) + (1 / rate.Hash));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {Environment.OSVersion}, .NET {Environment.Version}; {size >> 20} MiB, median of {Rounds} rounds, GB/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"C {Median(static rate => rate.Cipher):0.00}   S {Median(static rate => rate.Hash):0.00}   1/(1/C + 1/S) {Median(Limit):0.00}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seal {Median(static rate => rate.Seal):0.00}, {Median(static rate => rate.Seal / Limit(rate)):0.00} of that (to reach: {ToReach})   open {Median(static rate => rate.Open):0.00}, {Median(static rate => rate.Open / Limit(rate)):0.00}"));
    }

    private static double Cipher(long size)
    {
        using AeadCipher cipher = AeadCipher.Create("ChaChaPoly", new byte[32]);
        byte[] nonce = new byte[12], plaintext = new byte[Chunk], ciphertext = new byte[Chunk], tag = new byte[16];
        return Rate(size, () =>
        {
            for (long done = 0; done < size; done += Chunk)
            {
                cipher.Seal(nonce, [], plaintext, ciphertext, tag);
            }
        });
    }

    private static double Hash(long size)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[Chunk];
        return Rate(size, () =>
        {
            for (long done = 0; done < size; done += Chunk)
            {
                hash.AppendData(block);
            }

            hash.GetHashAndReset();
        });
    }

    private static void Fill(string path, long size)
    {
        byte[] block = RandomNumberGenerator.GetBytes(1 << 20);
        using FileStream file = File.Create(path);
        for (long done = 0; done < size; done += block.Length)
        {
            file.Write(block);
        }
    }

    private static double Rate(long size, Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return size / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }
}
