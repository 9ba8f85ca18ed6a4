using System.Globalization;
using System.Security.Cryptography;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>The texts of the old notary: fields joined by <c>&lt;!&gt;</c>, the last of which may be binary.</summary>
internal static class NotaryText
{
    /// <summary>Characters of a stamp.</summary>
    public const int StampLength = 24;

    public static ReadOnlySpan<byte> Delimiter => "<!>"u8;

    /// <summary>Python's <c>time.ctime</c>: <c>Sun Nov  3 07:05:09 2019</c>, the day padded with a blank.</summary>
    public static string Stamp(DateTime local) => string.Create(
        CultureInfo.InvariantCulture, $"{local:ddd MMM} {local.Day,2} {local:HH:mm:ss yyyy}");

    /// <summary>The document as the original reads it: without its line feeds.</summary>
    public static byte[] WithoutLineFeeds(ReadOnlySpan<byte> document) => [.. document.ToArray().Where(static one => one != (byte)'\n')];

    /// <summary>SHA-256, 64 lower-case hex digits.</summary>
    public static string Hash(ReadOnlySpan<byte> document) => Convert.ToHexStringLower(SHA256.HashData(document));

    public static byte[] Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => [.. first, .. Delimiter, .. second];

    public static byte[] Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        [.. first, .. Delimiter, .. second, .. Delimiter, .. third];

    /// <summary>Splits at the first delimiter.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> rest)
    {
        int at = text.IndexOf(Delimiter);
        first = at < 0 ? default : text[..at];
        rest = at < 0 ? default : text[(at + Delimiter.Length)..];
        return at >= 0;
    }

    /// <summary>
    /// Splits document, stamp and signature from the end, where their lengths are known: document and signature may hold the delimiter.
    /// </summary>
    public static bool TrySplitDocument(ReadOnlySpan<byte> text, int signatureSize, out ReadOnlySpan<byte> document, out ReadOnlySpan<byte> stamp, out ReadOnlySpan<byte> signature)
    {
        document = stamp = signature = default;
        int signatureAt = text.Length - signatureSize;
        int stampAt = signatureAt - Delimiter.Length - StampLength;
        if (stampAt < Delimiter.Length || !text[..signatureAt].EndsWith(Delimiter) || !text[..stampAt].EndsWith(Delimiter))
        {
            return false;
        }

        document = text[..(stampAt - Delimiter.Length)];
        stamp = text.Slice(stampAt, StampLength);
        signature = text[signatureAt..];
        return true;
    }
}
