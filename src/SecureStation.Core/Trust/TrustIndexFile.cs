using System.Buffers.Text;
using System.Globalization;
using System.Text;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Trust;

/// <summary>
/// Where the index is kept, in a directory of its own, so that writing it does not change the time of the store's:
/// <code>
/// index/entries     "index 1 TIME\n", the lines of <see cref="TrustIndex"/>, "end\n"; TIME is the last change of the store's directory, in ticks (UTC)
/// index/writing     is there while a writer changes files: what the index says may be one change behind
/// </code>
/// Somebody who copies files into the store changes its directory's time, and a writer that dies leaves <c>writing</c> behind: then the next
/// writer makes the index anew. All of it may be deleted at any time.
/// </summary>
internal sealed class TrustIndexFile(string store)
{
    // 10,000 peers with an address each take two.
    private const int MaxSize = 256 * 1024 * 1024;

    private static readonly byte[] s_begin = "index 1 "u8.ToArray();
    private static readonly byte[] s_end = "end\n"u8.ToArray();

    private readonly string _folder = Path.Combine(store, "index");

    private string Entries => Path.Combine(_folder, "entries");

    private string Writing => Path.Combine(_folder, "writing");

    /// <summary>For those who read: the index, or null where it may not know of everything that is in the store.</summary>
    public TrustIndex? Read() => ReadOnce() ?? ReadOnce();

    // A writer that ends between the two looks makes the first one see a change and no writer; the second finds what he wrote.
    private TrustIndex? ReadOnce() => ReadEntries() is { } found && (File.Exists(Writing) || found.Time == StoreTime()) ? found.Index : null;

    /// <summary>For whoever has the lock: the index, or null where it has to be made anew, because a writer died or somebody changed the directory.</summary>
    public TrustIndex? ReadForWriting() => !File.Exists(Writing) && ReadEntries() is { } found && found.Time == StoreTime() ? found.Index : null;

    /// <summary>For whoever has the lock, before a change.</summary>
    public void BeginWriting() => StorageErrors.Map(_folder, () =>
    {
        PrivateFolder.Create(_folder);
        Create(Writing).Dispose();
    });

    /// <summary>For whoever has the lock, after the last change.</summary>
    public void EndWriting(TrustIndex index) => StorageErrors.Map(_folder, () =>
    {
        PrivateFolder.Create(_folder);
        string fresh = Entries + ".new";
        using (FileStream file = Create(fresh))
        {
            // Not flushed to the disk: what a power failure leaves of it is not taken for an index.
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"index 1 {StoreTime()}")));
            file.Write(index.Lines.Span);
            file.Write(s_end);
        }

        File.Move(fresh, Entries, overwrite: true);
        File.Delete(Writing);
    });

    private long StoreTime() => Directory.GetLastWriteTimeUtc(store).Ticks;

    private (TrustIndex Index, long Time)? ReadEntries()
    {
        byte[]? file;
        try
        {
            file = BoundedFile.Read(Entries, MaxSize);
        }
        catch (Exception e) when (e is StationException or FileNotFoundException or DirectoryNotFoundException)
        {
            // Missing, or not to be read: then the store's files are, or say what is wrong.
            return null;
        }

        if (file is null || !file.AsSpan().StartsWith(s_begin) || !file.AsSpan().EndsWith(s_end))
        {
            return null;
        }

        ReadOnlySpan<byte> time = file.AsSpan(s_begin.Length);
        return Utf8Parser.TryParse(time, out long ticks, out int digits) && time[digits] == '\n'
            ? (new TrustIndex(file.AsMemory(s_begin.Length + digits, file.Length - s_begin.Length - digits - s_end.Length)), ticks)
            : null;
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
