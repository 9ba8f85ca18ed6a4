using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.DiffieHellman.Arithmetic;

namespace SecureStation.Benchmarks;

/// <summary>Finite-field Diffie-Hellman beside <c>openssl speed</c> in the same run. Exits 1 where an agreement costs more than twice as much.</summary>
internal static partial class DhBenchmark
{
    private const double MaximumRatio = 2;
    private static readonly int[] s_sizes = [2048, 3072];

    public static int Run(string[] args)
    {
        double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 2;
        Dictionary<int, double>? openssl = RunOpenSsl((int)Math.Ceiling(seconds));
        Console.WriteLine($"arithmetic: {ModularArithmetic.Default.Name}, constant-time: {ModularArithmetic.Default.IsConstantTime}");
        bool isGoodEnough = true;
        foreach (int bits in s_sizes)
        {
            DhParameter group = DhGroup.Get($"ffdhe{bits}").Parameter;
            using DhKeyPair own = DhKeyPair.Generate(group);
            using DhKeyPair peer = DhKeyPair.Generate(group);
            byte[] info = peer.PublicKey.ToSubjectPublicKeyInfo();
            double agreement = Measure(seconds, () => DhExchange.Agree(own, peer.PublicKey).Dispose());
            double bouncy = Measure(seconds, () => new BouncyCastleArithmetic().ModPow(peer.PublicKey.Encoded, own.CopyPrivateKey(), group.Prime.ToUnsignedBytes()));
            double import = Measure(seconds / 2, () => DhPublicKey.Import(info));
            double generate = Measure(seconds / 2, () => DhKeyPair.Generate(group).Dispose());
            Console.WriteLine($"ffdhe{bits}");
            if (openssl?.GetValueOrDefault(bits) is > 0 and var theirs)
            {
                isGoodEnough &= theirs / agreement <= MaximumRatio;
                Report("openssl speed", theirs, null);
                Report("agreement", agreement, theirs);
                Report("by BouncyCastle alone", bouncy, theirs);
            }
            else
            {
                Report("agreement", agreement, null);
                Report("by BouncyCastle alone", bouncy, null);
            }

            Report("peer's key: read and validated", import, null);
            Report("key pair generated", generate, null);
        }

        return isGoodEnough ? 0 : 1;
    }

    private static void Report(string what, double perSecond, double? reference) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {what,-32}{perSecond,9:0.0} /s {1e6 / perSecond,9:0} us{(reference is { } theirs ? $"   costs {theirs / perSecond:0.00} x openssl" : string.Empty)}"));

    private static double Measure(double seconds, Action action)
    {
        for (int i = 0; i < 50; i++)
        {
            action();
        }

        // User time, as openssl speed counts: what else runs on the machine does not matter.
        TimeSpan before = Environment.CpuUsage.UserTime;
        long started = Stopwatch.GetTimestamp();
        int count = 0;
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            action();
            count++;
        }

        return count / (Environment.CpuUsage.UserTime - before).TotalSeconds;
    }

    /// <summary>Agreements a second by size, or null where there is no openssl.</summary>
    private static Dictionary<int, double>? RunOpenSsl(int seconds)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(
                "openssl", ["speed", "-seconds", seconds.ToString(CultureInfo.InvariantCulture), .. s_sizes.Select(static bits => $"ffdh{bits}")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return ResultLine().Matches(output).ToDictionary(
                static match => int.Parse(match.Groups["bits"].Value, CultureInfo.InvariantCulture),
                static match => double.Parse(match.Groups["rate"].Value, CultureInfo.InvariantCulture));
        }
        catch (Win32Exception)
        {
            Console.WriteLine("There is no openssl to compare with.");
            return null;
        }
    }

    // "2048 bits ffdh   0.0003s   3058.5"
    [GeneratedRegex(@"^\s*(?<bits>\d+) bits ffdh\s+[\d.]+s\s+(?<rate>[\d.]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ResultLine();
}
