using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace SecureStation.Core.Age;

/// <summary>
/// Base64 of the standard alphabet as age takes it: only what an encoder would write, so no white space and no unused bits that are set
/// (RFC 4648, section 3.5). Without <c>=</c> in headers, with it in armor.
/// </summary>
internal static class AgeBase64
{
    /// <summary>Encodes without padding.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>Decodes unpadded text; null where an encoder would not have written it.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        byte[] padded = new byte[(text.Length + 3) / 4 * 4];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Fill((byte)'=');
        return DecodePadded(padded);
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte})"/>
    public static byte[]? Decode(string text) => Decode(Encoding.UTF8.GetBytes(text));

    /// <summary>Decodes padded text; null where an encoder would not have written it.</summary>
    public static byte[]? DecodePadded(ReadOnlySpan<byte> text)
    {
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, bytes, out int consumed, out int written) != OperationStatus.Done || consumed != text.Length)
        {
            return null;
        }

        // The decoder skips white space and ignores unused bits. An encoder does neither.
        byte[] again = new byte[Base64.GetMaxEncodedToUtf8Length(written)];
        Base64.EncodeToUtf8(bytes.AsSpan(0, written), again, out _, out _);
        return text.SequenceEqual(again) ? bytes[..written] : null;
    }
}
