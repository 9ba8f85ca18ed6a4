using System.Security.Cryptography;

namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>
/// Room that is kept back for the readers of a box: a file that is deleted when the disk is full, so that records can be written and letters be
/// removed, which makes room. Who sends never gets it.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="mode">Its mode.</param>
internal sealed class FolderReserve(string file, UnixFileMode mode)
{
    // Records of 16 messages where a file takes 4 KiB of a disk, and a letter takes more.
    private const int Length = 64 * 1024;

    /// <summary>Whether nothing is kept back.</summary>
    public bool IsSpent => !File.Exists(file);

    /// <summary>Keeps the room back where it is not; nothing where the disk has none.</summary>
    public void Make()
    {
        if (File.Exists(file))
        {
            return;
        }

        try
        {
            // At random, for file systems that give zeroes no room.
            MailFiles.WriteNew(file, RandomNumberGenerator.GetBytes(Length), mode, flush: false);
        }
        catch (Exception e) when (Storage.StorageErrors.IsStorageError(e))
        {
            // The next letter that is removed makes more room.
        }
    }

    /// <summary>Does what must be possible on a full disk; once more with the room that was kept back.</summary>
    public T InRoom<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (IOException e) when (MailboxErrors.IsFull(e) && MailFiles.TryDelete(file))
        {
            return work();
        }
    }
}
