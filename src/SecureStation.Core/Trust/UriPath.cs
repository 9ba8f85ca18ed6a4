using System.Buffers;
using System.Text;

namespace SecureStation.Core.Trust;

/// <summary>A path as it stands in a URI (RFC 3986, 3.3): UTF-8, percent-encoded but for unreserved characters and <c>/</c>.</summary>
internal static class UriPath
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    // Besides what Escape leaves, readers take what RFC 3986 allows in a path: sub-delims, ':' and '@'.
    private static readonly SearchValues<char> s_plain = SearchValues.Create(Unreserved + "/!$&'()*+,;=:@");
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The path, encoded.</summary>
    public static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>The path again; null where a character should have been encoded, or what is encoded is no UTF-8.</summary>
    public static string? Unescape(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (s_plain.Contains(text[i]))
            {
                bytes[length++] = (byte)text[i];
            }
            else if (text[i] == '%' && i + 2 < text.Length && Convert.FromHexString(text.Slice(i + 1, 2), bytes.AsSpan(length), out _, out int written) == OperationStatus.Done && written == 1)
            {
                length++;
                i += 2;
            }
            else
            {
                return null;
            }
        }

        try
        {
            return s_utf8.GetString(bytes, 0, length);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
