using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>Own secrets after they were given back: a child's whole writable memory is searched for them.</summary>
internal sealed class SecretsRow() : StationRow("secrets", "secrets looked for in memory after Dispose", 200, 20, "found while in use, not afterwards", 60)
{
    public override string? LeftOut => File.Exists("/proc/self/mem") ? null : "it reads /proc/self/mem";

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        int rounds = 0;
        int before = 0;
        int after = 0;
        while (rounds < context.Count)
        {
            using Process child = OwnProcess.Start("child", "secrets");
            string said = await child.StandardOutput.ReadToEndAsync(context.Token);
            await child.WaitForExitAsync(context.Token);
            int[] counts = [.. said.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => int.Parse(word, CultureInfo.InvariantCulture))];
            rounds += counts[0];
            before += counts[1];
            after += counts[2];
        }

        return new RowOutcome(rounds, $"{before} found in use, {after} afterwards", before >= rounds && after == 0);
    }

    /// <summary>The child: invitations' secrets, used and disposed. It knows each by its SHA-256 alone, so that the search finds no copy of its own.</summary>
    public static Task<int> SearchAsync(string[] arguments)
    {
        const int Count = 10;
        using StationKeyPair key = StationKeyPair.Generate();
        var invitations = new List<StationInvitation>();
        var hashes = new HashSet<ulong>();
        for (int i = 0; i < Count; i++)
        {
            StationInvitation invitation = StationInvitation.Create("host", 1, key.Fingerprint, DateTimeOffset.UtcNow.AddHours(1), temporary: true);
            invitations.Add(invitation);
            hashes.Add(invitation.UsePsk(static psk => Hash(psk)));
        }

        int before = Find(hashes);
        invitations.ForEach(static invitation => invitation.Dispose());
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Console.WriteLine($"{Count} {before} {Find(hashes)}");
        return Task.FromResult(0);
    }

    // Objects of .NET lie at multiples of eight bytes, and so do the bytes of arrays.
    // Nothing is allocated on the way: the garbage collector would move what is looked for.
    private static int Find(HashSet<ulong> hashes)
    {
        var found = new HashSet<ulong>(hashes.Count);
        byte[] page = new byte[1 << 20];
        using Microsoft.Win32.SafeHandles.SafeFileHandle memory = File.OpenHandle("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!words[1].StartsWith("rw", StringComparison.Ordinal) || words.Length > 5 && words[5].StartsWith('/'))
            {
                continue;
            }

            string[] ends = words[0].Split('-');
            long at = long.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            long end = long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            while (at < end)
            {
                int read;
                try
                {
                    read = RandomAccess.Read(memory, page.AsSpan(0, (int)Math.Min(page.Length, end - at)), at);
                }
                catch (IOException)
                {
                    break;
                }

                if (read == 0)
                {
                    break;
                }

                for (int i = 0; i + 32 <= read; i += 8)
                {
                    // A random secret has no zero word, which leaves out nearly all of memory.
                    ReadOnlySpan<byte> candidate = page.AsSpan(i, 32);
                    if (BitConverter.ToInt64(candidate) != 0 && BitConverter.ToInt64(candidate[8..]) != 0 && BitConverter.ToInt64(candidate[16..]) != 0 && BitConverter.ToInt64(candidate[24..]) != 0
                        && Hash(candidate) is var hash && hashes.Contains(hash))
                    {
                        found.Add(hash);
                    }
                }

                at += read;
            }
        }

        return found.Count;
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BitConverter.ToUInt64(hash);
    }
}
