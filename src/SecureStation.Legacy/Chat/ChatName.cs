using System.Text;
using SecureStation.Core;

namespace SecureStation.Legacy.Chat;

/// <summary>What somebody calls himself in a chat. Nobody checks it.</summary>
internal static class ChatName
{
    private const int MaxLength = 64;

    /// <summary>The name that a client sends: the given one, or the user's name on this machine.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: it is empty, too long, or not one line of text.</exception>
    public static string Choose(string? displayName)
    {
        string name = displayName ?? Environment.UserName;
        return name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaxLength || name.Any(char.IsControl) || name.Contains(" : ", StringComparison.Ordinal)
            ? throw new StationException(StationFault.InvalidArgument, $"A display name has 1 to {MaxLength} bytes, no control characters and no ' : ', which ends it on the wire.")
            : name;
    }

    /// <summary>A name that came over the wire, fit to be shown.</summary>
    public static string ToShown(ReadOnlySpan<byte> name) =>
        ForeignText.Show(PlainText.Decode(name[..Math.Min(name.Length, 4 * MaxLength)]), 4 * MaxLength);
}
