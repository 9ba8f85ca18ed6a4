using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace SecureStation.Endurance.Rows;

/// <summary>Searches this process's whole writable memory for secrets. It knows each by its hash alone, so that it finds no copy of its own.</summary>
internal static class MemorySearch
{
    private const int SecretLength = 32;

    /// <summary>What a secret of 32 bytes is known by.</summary>
    public static ulong Hash(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret[..SecretLength], hash);
        return BitConverter.ToUInt64(hash);
    }

    /// <summary>How many of these are there, and how many texts of age's private keys: <c>AGE-SECRET-KEY-…</c> in bytes or in characters.</summary>
    public static (int Secrets, int Texts) Find(HashSet<ulong> hashes)
    {
        // Nothing more is allocated on the way: the garbage collector would move what is looked for.
        var found = new HashSet<ulong>(hashes.Count);
        int texts = 0;
        byte[] page = new byte[1 << 20];
        using SafeFileHandle memory = File.OpenHandle("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!words[1].StartsWith("rw", StringComparison.Ordinal) || (words.Length > 5 && words[5].StartsWith('/')))
            {
                continue;
            }

            string[] ends = words[0].Split('-');
            long at = long.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            long end = long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            while (at < end && Read(memory, page, at, end) is > 0 and var read)
            {
                FindHashes(page.AsSpan(0, read), hashes, found);
                texts += CountTexts(page.AsSpan(0, read));
                at += read;
            }
        }

        Array.Clear(page);
        return (found.Count, texts);
    }

    private static int Read(SafeFileHandle memory, byte[] page, long at, long end)
    {
        try
        {
            return RandomAccess.Read(memory, page.AsSpan(0, (int)Math.Min(page.Length, end - at)), at);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    // Objects of .NET lie at multiples of eight bytes, and so do the bytes of arrays.
    private static void FindHashes(ReadOnlySpan<byte> bytes, HashSet<ulong> hashes, HashSet<ulong> found)
    {
        for (int i = 0; i + SecretLength <= bytes.Length; i += sizeof(long))
        {
            // A random secret has no zero word, which leaves out nearly all of memory.
            ReadOnlySpan<byte> candidate = bytes.Slice(i, SecretLength);
            if (BitConverter.ToInt64(candidate) != 0 && BitConverter.ToInt64(candidate[8..]) != 0 && BitConverter.ToInt64(candidate[16..]) != 0 && BitConverter.ToInt64(candidate[24..]) != 0
                && Hash(candidate) is var hash && hashes.Contains(hash))
            {
                found.Add(hash);
            }
        }
    }

    private static int CountTexts(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        for (int step = 1; step <= 2; step++)
        {
            ReadOnlySpan<byte> prefix = step == 1 ? "SECRET-KEY-"u8 : "S\0E\0C\0R\0E\0T\0-\0K\0E\0Y\0-\0"u8;
            ReadOnlySpan<byte> rest = bytes;
            while (rest.IndexOf(prefix) is >= 0 and var at)
            {
                rest = rest[(at + prefix.Length)..];
                count += IsKey(rest, step) ? 1 : 0;
            }
        }

        return count;
    }

    // At least 40 of bech32's characters: of the prefix alone, which is in the program, it is none.
    private static bool IsKey(ReadOnlySpan<byte> text, int step)
    {
        for (int i = 0; i < 40; i++)
        {
            int at = i * step;
            if (at >= text.Length || !(char.IsAsciiLetterUpper((char)text[at]) || char.IsAsciiDigit((char)text[at]) || text[at] == '-') || (step == 2 && text[at + 1] != 0))
            {
                return false;
            }
        }

        return true;
    }
}
