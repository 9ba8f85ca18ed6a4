using System.Globalization;
using System.Text;

namespace SecureStation.Core.Transfers;

/// <summary>
/// A peer's name for a file or folder, as one component of a path here. What could lead out of the destination or means nothing as a name is refused;
/// what only some system would take otherwise (devices, streams, trailing dots) is made safe, on every system the same way: an underscore in its place.
/// </summary>
internal static class SafeFileName
{
    /// <summary>The longest component: what Linux, macOS and Windows all take, as bytes of UTF-8.</summary>
    public const int MaxBytes = 255;

    // What Windows takes for something else in a name: of these the colon also names a drive, or a stream beside the file.
    private const string Special = "<>:\"|?*";

    private static readonly string[] s_devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    private static readonly string[] s_numberedDevices = ["COM", "LPT"];

    /// <summary>The name as it may be used.</summary>
    /// <exception cref="StationException"><see cref="StationFault.UnsafeName"/></exception>
    public static string Of(string name)
    {
        RefuseEmpty(name);
        RefuseSteps(name);
        RefuseSeparators(name);
        RefuseControls(name);
        string safe = ReplaceSpecial(name);
        safe = ReplaceBidi(safe);
        safe = ReplaceTrailing(safe);
        safe = MarkDevice(safe);
        safe = MarkPart(safe);
        RefuseLong(safe);
        return safe;
    }

    private static void RefuseEmpty(string name) => Refuse(name.Length == 0, name, "is empty");

    // The folder itself, and the one above it.
    private static void RefuseSteps(string name) => Refuse(name is "." or "..", name, "leads elsewhere");

    private static void RefuseSeparators(string name) => Refuse(name.AsSpan().ContainsAny('/', '\\'), name, "is a path");

    private static void RefuseControls(string name) => Refuse(name.EnumerateRunes().Any(IsControl), name, "has control characters");

    private static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
        || rune == Rune.ReplacementChar;

    private static string ReplaceSpecial(string name) => Replace(name, static c => Special.Contains(c, StringComparison.Ordinal));

    // What turns the order of characters around: "exe.gnp" would be shown as something.png.
    private static string ReplaceBidi(string name) =>
        Replace(name, static c => c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFEFF');

    // Windows drops them, so that the name would be another's.
    private static string ReplaceTrailing(string name)
    {
        int end = name.Length;
        while (end > 0 && (name[end - 1] == '.' || char.IsWhiteSpace(name[end - 1])))
        {
            end--;
        }

        return end == name.Length ? name : name[..end] + new string('_', name.Length - end);
    }

    // Windows opens the device for "nul", "NUL.txt" and "COM1 .log" in any folder.
    private static string MarkDevice(string name)
    {
        string stem = name.Split('.')[0].TrimEnd();
        bool isDevice = s_devices.Contains(stem, StringComparer.OrdinalIgnoreCase)
            || (stem.Length == 4 && stem[3] is (>= '0' and <= '9') or '¹' or '²' or '³' && s_numberedDevices.Contains(stem[..3], StringComparer.OrdinalIgnoreCase));
        return isDevice ? "_" + name : name;
    }

    // The unfinished files of other transfers.
    private static string MarkPart(string name) => PartName.IsPart(name) ? "_" + name : name;

    private static void RefuseLong(string name) => Refuse(Encoding.UTF8.GetByteCount(name) > MaxBytes, name, $"has more than {MaxBytes} bytes");

    private static string Replace(string name, Func<char, bool> isReplaced) =>
        name.Any(isReplaced) ? string.Create(name.Length, (name, isReplaced), static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = from.isReplaced(from.name[i]) ? '_' : from.name[i];
            }
        })
        : name;

    private static void Refuse(bool isRefused, string name, string why)
    {
        if (isRefused)
        {
            throw new StationException(StationFault.UnsafeName, $"The name '{ForeignText.Show(name, 80)}' is not taken: it {why}.");
        }
    }
}
