using System.Security.Cryptography;

namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>
/// Room that is kept back for the readers of a box: files that are deleted when the disk is full, of bytes or of files, so that records can be written
/// and letters be removed, which makes room. Who sends never gets it.
/// </summary>
/// <param name="file">The file that takes the room; some empty ones beside it have its name and a number.</param>
/// <param name="mode">Their mode.</param>
internal sealed class FolderReserve(string file, UnixFileMode mode)
{
    // Records of 16 messages where a file takes 4 KiB of a disk, and a letter takes more.
    private const int Length = 64 * 1024;

    // A day's folder and a record are two files; several consumers may begin at once.
    private const int Files = 7;

    /// <summary>Whether nothing is kept back.</summary>
    public bool IsSpent => !File.Exists(file);

    /// <summary>Keeps the room back where it is not; nothing where the disk has none.</summary>
    public void Make()
    {
        if (!IsSpent)
        {
            return;
        }

        try
        {
            // At random, for file systems that give zeroes no room.
            MailFiles.WriteNew(file, RandomNumberGenerator.GetBytes(Length), mode, flush: false);
            for (int i = 1; i <= Files; i++)
            {
                MailFiles.TryCreate($"{file}.{i}", [], mode);
            }
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
        catch (IOException e) when (MailboxErrors.IsFull(e) && TrySpend())
        {
            return work();
        }
    }

    private bool TrySpend()
    {
        bool isMine = MailFiles.TryDelete(file);
        for (int i = 1; i <= Files; i++)
        {
            isMine |= MailFiles.TryDelete($"{file}.{i}");
        }

        return isMine;
    }
}
