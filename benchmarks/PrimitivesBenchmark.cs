using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Benchmarks;

/// <summary>What the primitives cost on this machine.</summary>
internal static class PrimitivesBenchmark
{
    public static int Run()
    {
        byte[] plain = new byte[65519];
        byte[] cipher = new byte[65519];
        byte[] tag = new byte[16];
        byte[] nonce = new byte[12];
        using var aes = new AesGcm(new byte[32], 16);
        Report("AES-256-GCM 64 KiB", Time(() => aes.Encrypt(nonce, plain, cipher, tag)), plain.Length);
        Report("AES-256-GCM 64 B", Time(() => aes.Encrypt(nonce, plain.AsSpan(0, 64), cipher.AsSpan(0, 64), tag)), 64);
        using var chacha = new ChaCha20Poly1305(new byte[32]);
        Report("ChaCha20-Poly1305 64 KiB", Time(() => chacha.Encrypt(nonce, plain, cipher, tag)), plain.Length);
        Report("X25519 key pair", Time(() => NoiseKeyPair.Generate().Dispose()));
        using NoiseKeyPair own = NoiseKeyPair.Generate();
        using NoiseKeyPair other = NoiseKeyPair.Generate();
        byte[] otherPublic = other.PublicKey.ToArray();
        byte[] shared = new byte[32];
        Report("X25519 agreement", Time(() => own.ComputeSharedSecret(otherPublic, shared)));
        ReportKem();
        foreach (StationKeyAlgorithm algorithm in Enum.GetValues<StationKeyAlgorithm>())
        {
            using StationKeyPair key = StationKeyPair.Generate(algorithm);
            byte[] data = new byte[32];
            byte[] signature = key.Sign(SignaturePurpose.StaticKey, data);
            Report($"{algorithm} sign", Time(() => key.Sign(SignaturePurpose.StaticKey, data)));
            Report($"{algorithm} verify", Time(() => key.PublicKey.Verify(SignaturePurpose.StaticKey, data, signature)));
            if (algorithm == StationKeyAlgorithm.Ed25519)
            {
                Report("parse a public key", Time(() => StationPublicKey.FromSubjectPublicKeyInfo(key.PublicKey.SubjectPublicKeyInfo.Span)));
                Report("parse a protocol name", Time(() => ProtocolName.Parse(StationSuite.Default.Name)));
                using var left = new StationStaticKey(key);
                using var right = new StationStaticKey(key);
                foreach (StationSuite suite in new[] { StationSuite.Default, StationSuite.Default.Classical() })
                {
                    Report($"handshake {suite.Pattern}, both sides", Time(() => Handshake(suite, left, right)));
                }
            }
        }

        return 0;
    }

    private static void ReportKem()
    {
        byte[] key = new byte[MLKem768.EncapsulationKeyLength];
        byte[] ciphertext = new byte[MLKem768.CiphertextLength];
        byte[] shared = new byte[MLKem768.SharedSecretLength];
        foreach (MLKem768 library in MLKem768.Libraries)
        {
            using MLKem768PrivateKey own = library.Generate();
            own.GetEncapsulationKey(key);
            library.Encapsulate(key, ciphertext, shared);
            Report($"ML-KEM-768 key pair, {library.LibraryName}", Time(() =>
            {
                using MLKem768PrivateKey pair = library.Generate();
                pair.GetEncapsulationKey(key);
            }));
            own.GetEncapsulationKey(key);
            Report($"ML-KEM-768 encaps, {library.LibraryName}", Time(() => library.Encapsulate(key, ciphertext, shared)));
            Report($"ML-KEM-768 decaps, {library.LibraryName}", Time(() => own.Decapsulate(ciphertext, shared)));
        }
    }

    private static void Handshake(StationSuite suite, StationStaticKey left, StationStaticKey right)
    {
        using StationHandshake a = StationHandshake.CreateInitiator(suite, left);
        using StationHandshake b = StationHandshake.CreateResponder(suite, right);
        byte[] buffer = new byte[4096];
        b.Read(buffer.AsSpan(0, a.Write(buffer)));
        a.Read(buffer.AsSpan(0, b.Write(buffer)));
        b.Read(buffer.AsSpan(0, a.Write(buffer)));
        a.Split().Dispose();
        b.Split().Dispose();
    }

    private static (double Microseconds, long Allocated) Time(Action action)
    {
        for (long warm = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warm).TotalMilliseconds < 400;)
        {
            action();
        }

        double best = double.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            int count = 0;
            long start = Stopwatch.GetTimestamp();
            do
            {
                action();
                count++;
            }
            while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 100);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / count);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return (best, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Report(string name, (double Microseconds, long Allocated) cost, int bytes = 0) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-36}{cost.Microseconds,12:0.00} µs{cost.Allocated,10:N0} B allocated{(bytes > 1000 ? $"{bytes / cost.Microseconds / 1000,10:0.00} GB/s" : "")}"));
}
