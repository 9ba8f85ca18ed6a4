using System.Security.Cryptography;

namespace SecureStation.Core.Age;

/// <summary>
/// Bech32 (BIP 173) as age's keys use it: the checksum of BIP 173, no limit of length, all lower or all upper case.
/// </summary>
/// <remarks>
/// <code>
/// human-readable part   1 or more characters of 0x21-0x7e
/// 1                     the last 1 in the text
/// data                  5 bits a character, the most significant first; at the end up to 4 zero bits
/// checksum              6 characters
/// </code>
/// </remarks>
internal static class Bech32
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumLength = 6;

    // The longest that age knows is a hybrid recipient of 1,959 characters.
    private const int MaxLength = 4096;

    private static readonly uint[] s_generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>Encodes in lower case.</summary>
    /// <param name="prefix">The human-readable part, in lower case.</param>
    /// <param name="data">The bytes.</param>
    public static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        byte[] groups = Regroup(data);
        uint checksum = Checksum(prefix, [.. groups, 0, 0, 0, 0, 0, 0]) ^ 1;
        return string.Create(prefix.Length + 1 + groups.Length + ChecksumLength, (prefix, groups, checksum), static (text, parts) =>
        {
            parts.prefix.CopyTo(text);
            text[parts.prefix.Length] = '1';
            Span<char> rest = text[(parts.prefix.Length + 1)..];
            for (int i = 0; i < parts.groups.Length; i++)
            {
                rest[i] = Alphabet[parts.groups[i]];
            }

            for (int i = 0; i < ChecksumLength; i++)
            {
                rest[parts.groups.Length + i] = Alphabet[(int)(parts.checksum >> (5 * (ChecksumLength - 1 - i))) & 31];
            }

            CryptographicOperations.ZeroMemory(parts.groups);
        });
    }

    /// <summary>Decodes text whose human-readable part, in lower case, is <paramref name="prefix"/>; null where it is not such text.</summary>
    public static byte[]? Decode(string prefix, string text)
    {
        if (text.Length > MaxLength || (text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper)))
        {
            return null;
        }

        int one = text.LastIndexOf('1');
        if (one != prefix.Length || text.Length - one - 1 < ChecksumLength || !text.AsSpan(0, one).Equals(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        byte[] groups = new byte[text.Length - one - 1];
        try
        {
            for (int i = 0; i < groups.Length; i++)
            {
                char c = text[one + 1 + i];
                int value = char.IsAscii(c) ? Alphabet.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal) : -1;
                if (value < 0)
                {
                    return null;
                }

                groups[i] = (byte)value;
            }

            return Checksum(prefix, groups) == 1 ? Ungroup(groups.AsSpan(..^ChecksumLength)) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(groups);
        }
    }

    private static byte[] Regroup(ReadOnlySpan<byte> data)
    {
        byte[] groups = new byte[((data.Length * 8) + 4) / 5];
        for (int bit = 0; bit < data.Length * 8; bit++)
        {
            int value = (data[bit / 8] >> (7 - (bit % 8))) & 1;
            groups[bit / 5] |= (byte)(value << (4 - (bit % 5)));
        }

        return groups;
    }

    private static byte[]? Ungroup(ReadOnlySpan<byte> groups)
    {
        int bits = groups.Length * 5, unused = bits % 8;
        if (unused > 4 || (groups.Length > 0 && (groups[^1] & ((1 << unused) - 1)) != 0))
        {
            return null;
        }

        byte[] data = new byte[bits / 8];
        for (int bit = 0; bit < data.Length * 8; bit++)
        {
            int value = (groups[bit / 5] >> (4 - (bit % 5))) & 1;
            data[bit / 8] |= (byte)(value << (7 - (bit % 8)));
        }

        return data;
    }

    private static uint Checksum(string prefix, ReadOnlySpan<byte> groups)
    {
        uint checksum = 1;
        void Add(int value)
        {
            uint top = checksum >> 25;
            checksum = ((checksum & 0x1ffffff) << 5) ^ (uint)value;
            for (int i = 0; i < 5; i++)
            {
                checksum ^= ((top >> i) & 1) == 1 ? s_generator[i] : 0;
            }
        }

        foreach (char c in prefix)
        {
            Add(c >> 5);
        }

        Add(0);
        foreach (char c in prefix)
        {
            Add(c & 31);
        }

        foreach (byte group in groups)
        {
            Add(group);
        }

        return checksum;
    }
}
