namespace SecureStation.Core.Sealing;

/// <summary>The name of a sealed file, which its sender chose: used only where it is a plain name, on every system.</summary>
public static class SealedFileName
{
    /// <summary>The header that holds it.</summary>
    public const string Header = "file-name";

    private const int MaxLength = 200;
    private const string Suffix = ".age";

    private static readonly string[] s_devices = ["CON", "PRN", "AUX", "NUL", "COM", "LPT", "CONIN$", "CONOUT$"];

    /// <summary>The name under which an opened file is kept: the one in the head, or that of the sealed file without <c>.age</c>.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/>: the name in the head is no plain file name.</exception>
    public static string Of(SealedHead head, string sealedPath)
    {
        ArgumentNullException.ThrowIfNull(head);
        string? name = head.Headers.FirstOrDefault(static header => header.Key == Header).Value;
        if (name is null)
        {
            return WithoutSuffix(sealedPath);
        }

        return IsPlain(name) ? name : throw SealErrors.Broken("the file name in its head is none that can be used here");
    }

    /// <summary>The name of a sealed file without its <c>.age</c>; with <c>.opened</c> where it has none.</summary>
    public static string WithoutSuffix(string sealedPath)
    {
        string name = Path.GetFileName(sealedPath);
        return name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && name.Length > Suffix.Length ? name[..^Suffix.Length] : name + ".opened";
    }

    // Windows' rules everywhere: no separators, no streams, no devices, no ends that are dropped. And no character that steers a terminal.
    private static bool IsPlain(string name)
    {
        string stem = name.Split('.')[0].TrimEnd(' ');
        return name.Length is > 0 and <= MaxLength
            && name[^1] is not ('.' or ' ') && name[0] != ' '
            && !name.Any(static character => character is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' || !IsShown(character))
            && !s_devices.Any(device => string.Equals(stem.TrimEnd("0123456789¹²³".ToCharArray()), device, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsShown(char character) => char.GetUnicodeCategory(character)
        is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator);
}
