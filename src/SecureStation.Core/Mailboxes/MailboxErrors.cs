using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Mailboxes;

/// <summary>The failures of mailboxes, said in one place.</summary>
internal static class MailboxErrors
{
    // <errno.h>: no space, over quota (Linux, macOS), file too large. Windows: ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL.
    private static readonly int[] s_full = OperatingSystem.IsWindows() ? [39, 112] : OperatingSystem.IsMacOS() ? [28, 69, 27] : [28, 122, 27];

    /// <summary>The box itself: it is a folder's name and a part of a subject.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: it is none.</exception>
    public static string RequireBox(string box) => BoxName.IsValid(box)
        ? box
        : throw new StationException(StationFault.InvalidArgument, "A box is 32 characters of base32 in lower case, as a card names it.");

    /// <summary>The mailbox cannot be used now; with what it said.</summary>
    public static StationException Unavailable(string address, string said, Exception? inner = null) =>
        new(StationFault.MailboxUnavailable, $"The mailbox '{address}' cannot be used: {said}", inner) { Address = address };

    /// <summary>There is no room for the letter.</summary>
    public static StationException Full(string address, string said, Exception? inner = null) =>
        new(StationFault.MailboxFull, $"The mailbox '{address}' has no room: {said}", inner) { Address = address };

    /// <summary>The letter is larger than the engine takes.</summary>
    public static StationException TooLarge(string address, long length, long max) =>
        new(StationFault.MessageTooLarge, $"The sealed message is {length:N0} bytes, and the mailbox '{address}' takes {max:N0} at most.") { Address = address };

    /// <summary>Whether the file system has no room.</summary>
    public static bool IsFull(Exception e) => e is IOException && s_full.Contains(e.HResult & 0xFFFF);

    /// <summary>The failure of what the file system threw.</summary>
    public static StationException OfFile(string address, Exception e) =>
        IsFull(e) ? Full(address, e.Message, e) : Unavailable(address, e.Message, e);

    /// <summary>Runs file work under the mapping.</summary>
    public static T Map<T>(string address, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw OfFile(address, e);
        }
    }
}
