namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>Records in a folder of this machine alone, so that a mailbox that forgets its own cannot have a message given out again unmarked.</summary>
public static class ReplayStore
{
    /// <summary>The records of a box in a folder, which is made where it is missing, for this user alone.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>, <see cref="StationFault.InvalidArgument"/></exception>
    public static IMailRecords Open(string folder, string box)
    {
        MailboxErrors.RequireBox(box);
        string root = Path.GetFullPath(folder);
        return Storage.StorageErrors.Map(root, () =>
        {
            var layout = FolderLayout.OpenPrivate(root);
            return new FolderRecords(root, layout.Box(box), layout);
        });
    }
}
