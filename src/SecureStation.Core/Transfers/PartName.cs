using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Core.Transfers;

/// <summary>
/// The name of an unfinished file, beside its target: <c>.HEX.part</c>, with 32 digits that say whose it is and of which file. So a receiver that was
/// restarted finds it again without a list, and what belongs to another sender, or to another state of the source, is never taken for it.
/// </summary>
internal static class PartName
{
    private const string Suffix = ".part";
    private const int Digits = 32;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The name for an offer of a sender.</summary>
    public static string Of(string sender, TransferOffer offer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, sender);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (long value in new[] { offer.Length, offer.Modified, offer.Parts.Count })
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            hash.AppendData(number);
        }

        foreach (string part in offer.Parts)
        {
            Append(hash, part);
        }

        return $".{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Digits / 2))}{Suffix}";
    }

    /// <summary>Whether a name is of that form.</summary>
    public static bool IsPart(string name) =>
        name.Length == 1 + Digits + Suffix.Length
        && name[0] == '.'
        && name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
        && name.AsSpan(1, Digits).IndexOfAnyExcept(s_hexDigits) < 0;

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
