using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace SecureStation.Core.Keys;

/// <summary>
/// Fingerprints as twelve groups of five digits, to be compared by voice, as messengers show them. Written down in
/// docs/protocol/fingerprint-digits.md.
/// <code>
/// h      = SHA-512("SecureStation/1 digits" | 00 | fingerprints)    one of 32 bytes; or two, the lesser first
/// group  = 5 bytes of h, big-endian, modulo 100,000                 twelve of them, from the beginning of h
/// </code>
/// </summary>
public static class FingerprintDigits
{
    private const int Groups = 12;
    private const int BytesOfGroup = 5;

    /// <summary>The digits of one key: twelve groups, with blanks between.</summary>
    public static string Of(Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return Format(fingerprint.Hash, []);
    }

    /// <summary>The digits of two keys together, those of both sides of a session: the same in whatever order they are given.</summary>
    public static string Of(Fingerprint one, Fingerprint other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.Hash.SequenceCompareTo(other.Hash) <= 0 ? Format(one.Hash, other.Hash) : Format(other.Hash, one.Hash);
    }

    private static string Format(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        byte[] hash = SHA512.HashData([.. "SecureStation/1 digits\0"u8, .. first, .. second]);
        var groups = new string[Groups];
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < Groups; i++)
        {
            number.Clear();
            hash.AsSpan(i * BytesOfGroup, BytesOfGroup).CopyTo(number[^BytesOfGroup..]);
            groups[i] = (BinaryPrimitives.ReadUInt64BigEndian(number) % 100_000).ToString("D5", CultureInfo.InvariantCulture);
        }

        return string.Join(' ', groups);
    }
}
