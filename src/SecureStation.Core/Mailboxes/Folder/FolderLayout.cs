using SecureStation.Core.Storage;

namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>The folders of a mailbox. Whoever may use its root may use them all: they have its mode.</summary>
/// <remarks>
/// <code>
/// ROOT/station-mailbox                     "SecureStation mailbox 1\n"
/// ROOT/cards/BOX                           a station's card
/// ROOT/BOX/tmp/NAME                        being written
/// ROOT/BOX/new/NAME                        waits
/// ROOT/BOX/cur/NAME.CLAIMS.CONSUMER        held by a consumer (<see cref="ClaimName"/>)
/// ROOT/BOX/dead/NAME.REASON                a dead letter
/// ROOT/BOX/records/…                       what was given out (<see cref="FolderRecords"/>)
/// ROOT/BOX/reserve                         room that is kept back (<see cref="FolderReserve"/>)
/// </code>
/// What has another name, or is no file, is foreign: it is left alone.
/// </remarks>
internal sealed class FolderLayout
{
    private const string Mark = "SecureStation mailbox 1\n";
    private const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private readonly UnixFileMode _folderMode;

    private FolderLayout(string root, UnixFileMode mode)
    {
        Root = root;

        // Without the sticky bit, which would keep a recipient from taking what a sender of another user wrote.
        _folderMode = mode & ~UnixFileMode.StickyBit;
        FileMode = mode & ReadWrite;
    }

    /// <summary>The mailbox.</summary>
    public string Root { get; }

    /// <summary>The mode of all files.</summary>
    public UnixFileMode FileMode { get; }

    /// <summary>Opens a mailbox, or makes one where there is no folder or an empty one.</summary>
    public static FolderLayout Open(string root)
    {
        PrivateFolder.Create(root);
        UnixFileMode mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(root);
        var layout = new FolderLayout(root, mode);
        string mark = Path.Combine(root, "station-mailbox");
        if (BoundedRead(mark) is not { } found)
        {
            MailFiles.TryCreate(mark, System.Text.Encoding.ASCII.GetBytes(Mark), layout.FileMode);
        }
        else if (found.Length > 0 && !found.AsSpan().SequenceEqual(System.Text.Encoding.ASCII.GetBytes(Mark)))
        {
            throw new IOException("It is of another version, or no mailbox of SecureStation.");
        }

        return layout;
    }

    /// <summary>A folder of records that are this user's alone: no mailbox.</summary>
    public static FolderLayout OpenPrivate(string root)
    {
        PrivateFolder.Create(root);
        return new FolderLayout(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The folder of a box.</summary>
    public string Box(string box) => Path.Combine(Root, MailboxErrors.RequireBox(box));

    /// <summary>The folder of the cards.</summary>
    public string Cards => Path.Combine(Root, "cards");

    /// <summary>Makes a folder of the mailbox where it is missing, and those above it. Links are refused: they would lead the mail elsewhere.</summary>
    public void Make(string folder)
    {
        if (Directory.Exists(folder))
        {
            RefuseLink(folder);
            return;
        }

        string parent = Path.GetDirectoryName(folder)!;
        if (parent.Length >= Root.Length)
        {
            Make(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, _folderMode);
        try
        {
            // Past the user's umask.
            File.SetUnixFileMode(folder, _folderMode);
        }
        catch (UnauthorizedAccessException)
        {
            // Another user made it at the same time, with the same mode.
        }

        RefuseLink(folder);
        MailFiles.FlushFolder(parent);
    }

    private static void RefuseLink(string folder)
    {
        if (new DirectoryInfo(folder).LinkTarget is not null)
        {
            throw new IOException($"'{folder}' is a symbolic link.");
        }
    }

    private static byte[]? BoundedRead(string path)
    {
        try
        {
            return MailFiles.Read(path, 64) ?? [1];
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
