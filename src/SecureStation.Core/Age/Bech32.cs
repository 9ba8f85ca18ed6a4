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
    public static string Encode(string prefix, ReadOnlySpan<byte> data) => new(EncodeChars(prefix, data));

    /// <summary>Encodes a secret, in upper case, into characters that the caller zeroes: a string would stay in memory.</summary>
    /// <inheritdoc cref="Encode" path="/param"/>
    public static char[] EncodeSecret(string prefix, ReadOnlySpan<byte> data)
    {
        char[] text = EncodeChars(prefix, data);
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = char.ToUpperInvariant(text[i]);
        }

        return text;
    }

    private static char[] EncodeChars(string prefix, ReadOnlySpan<byte> data)
    {
        // The checksum is that of the groups with as many zeros after them as it is long.
        byte[] groups = new byte[(((data.Length * 8) + 4) / 5) + ChecksumLength];
        Regroup(data, groups);
        uint checksum = Checksum(prefix, groups) ^ 1;
        for (int i = 0; i < ChecksumLength; i++)
        {
            groups[groups.Length - ChecksumLength + i] = (byte)((checksum >> (5 * (ChecksumLength - 1 - i))) & 31);
        }

        char[] text = new char[prefix.Length + 1 + groups.Length];
        prefix.CopyTo(text);
        text[prefix.Length] = '1';
        for (int i = 0; i < groups.Length; i++)
        {
            text[prefix.Length + 1 + i] = Alphabet[groups[i]];
        }

        CryptographicOperations.ZeroMemory(groups);
        return text;
    }

    /// <summary>Decodes text whose human-readable part, in lower case, is <paramref name="prefix"/>; null where it is not such text.</summary>
    public static byte[]? Decode(string prefix, ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength || (text.ContainsAnyInRange('a', 'z') && text.ContainsAnyInRange('A', 'Z')))
        {
            return null;
        }

        int one = text.LastIndexOf('1');
        if (one != prefix.Length || text.Length - one - 1 < ChecksumLength || !text[..one].Equals(prefix, StringComparison.OrdinalIgnoreCase))
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

    private static void Regroup(ReadOnlySpan<byte> data, byte[] groups)
    {
        for (int bit = 0; bit < data.Length * 8; bit++)
        {
            int value = (data[bit / 8] >> (7 - (bit % 8))) & 1;
            groups[bit / 5] |= (byte)(value << (4 - (bit % 5)));
        }
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
