namespace SecureStation.Core.Age;

/// <summary>ASCII armor (age.md, "ASCII armor"; RFC 7468's strict form).</summary>
/// <remarks>
/// <code>
/// -----BEGIN AGE ENCRYPTED FILE-----
/// base64 with padding     lines of 64 columns; the last has 1 to 64
/// -----END AGE ENCRYPTED FILE-----
/// </code>
/// Lines end with LF or CRLF. Lines of white space may stand before the block, white space after it.
/// </remarks>
internal static class Armor
{
    public const int Columns = 64;
    public const int LineBytes = Columns / 4 * 3;

    public static ReadOnlySpan<byte> Begin => "-----BEGIN AGE ENCRYPTED FILE-----"u8;

    public static ReadOnlySpan<byte> End => "-----END AGE ENCRYPTED FILE-----"u8;

    /// <summary>Whether a file that begins with these bytes is meant to be armored.</summary>
    public static bool IsMeant(ReadOnlySpan<byte> start) => start.TrimStart(" \t\r\n\v\f"u8).StartsWith("-----BEGIN "u8);
}
