namespace SecureStation.Core;

/// <summary>Bytes as people carry them over a channel of text: base64, or hex.</summary>
internal static class WireText
{
    // Below this many digits a text could be meant as either; 64 base64 characters that are all hex digits do not happen (2^-98).
    private const int ShortestHex = 64;

    /// <summary>Reads base64, or hex of at least 32 bytes. White space is skipped.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The most bytes that it may stand for.</param>
    /// <param name="what">What it should be, for the error.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>.</exception>
    public static byte[] Decode(string text, int maxLength, string what)
    {
        ArgumentNullException.ThrowIfNull(text);

        // Hex is the longer form; half as much again leaves room for line ends.
        if (text.Length > 3L * maxLength)
        {
            throw new StationException(StationFault.InvalidArgument, $"The text of {text.Length} characters is too long for a {what}; it has {maxLength} bytes at most.");
        }

        string compact = string.Concat(text.Where(static c => !char.IsWhiteSpace(c)));
        try
        {
            return compact.Length >= ShortestHex && compact.Length % 2 == 0 && compact.All(char.IsAsciiHexDigit)
                ? Convert.FromHexString(compact)
                : Convert.FromBase64String(compact);
        }
        catch (FormatException e)
        {
            throw new StationException(StationFault.InvalidArgument, $"The text is neither base64 nor hex, so it is no {what}.", e);
        }
    }
}
