namespace SecureStation.Core.Notary;

/// <summary>An address of the web as it may be shown: what stands before an @ in it, a name and perhaps a password, is left out.</summary>
public static class WebAddress
{
    /// <summary>The address, with <c>…</c> for what comes before the @.</summary>
    public static string Show(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);

        // As typed and not as parsed: of an address without a scheme the parser takes the name to be one.
        string text = address.OriginalString;
        int scheme = text.IndexOf("//", StringComparison.Ordinal);
        int start = scheme < 0 ? 0 : scheme + 2;
        int end = text.AsSpan(start).IndexOfAny('/', '?', '#');
        int at = text.LastIndexOf('@', (end < 0 ? text.Length : start + end) - 1);
        return ForeignText.Show(at < start ? text : $"{text[..start]}…{text[at..]}", 1024);
    }
}
