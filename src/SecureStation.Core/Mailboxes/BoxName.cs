using System.Buffers;

namespace SecureStation.Core.Mailboxes;

/// <summary>The address of a station in mailboxes: 20 random bytes in base32, in lower case. It is a folder's name and a part of a subject.</summary>
internal static class BoxName
{
    private const int Length = 32;
    private static readonly SearchValues<char> s_base32 = SearchValues.Create("abcdefghijklmnopqrstuvwxyz234567");

    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: it is none.</exception>
    public static string Require(string box) =>
        box is { Length: Length } && !box.AsSpan().ContainsAnyExcept(s_base32)
            ? box
            : throw new StationException(StationFault.InvalidArgument, "A box is 32 characters of base32 in lower case, as a card names it.");
}
