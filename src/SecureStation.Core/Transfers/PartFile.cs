using Microsoft.Win32.SafeHandles;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Transfers;

/// <summary>An unfinished file on the disk, beside its target: written in order, renamed when it is whole. Who is killed leaves it to go on with.</summary>
internal sealed class PartFile : IPartFile
{
    private const UnixFileMode Permissions = (UnixFileMode)0x1FF;

    private readonly string _path;
    private readonly string _target;
    private readonly FileStream _stream;
    private readonly SafeFileHandle _file;
    private bool _isGone;

    private PartFile(string path, string target, FileStream stream)
    {
        _path = path;
        _target = target;
        _stream = stream;
        _file = stream.SafeFileHandle;
        Length = RandomAccess.GetLength(_file);
    }

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <summary>Opens the part of an offer, or begins it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TransferBusy"/>: another transfer has it; <see cref="StationFault.StorageFailed"/>.</exception>
    public static PartFile Open(string target, string sender, TransferOffer offer)
    {
        string path = Path.Combine(Path.GetDirectoryName(target)!, PartName.Of(sender, offer));
        return StorageErrors.Map(path, () =>
        {
            // A link that somebody put there is not what this station made.
            if (DestinationFolder.Look(path) is { } found && DestinationFolder.IsLink(found))
            {
                found.Delete();
            }

            return new PartFile(path, target, OpenStream(path, offer));
        });
    }

    public void Read(long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
            {
                throw new IOException($"'{_path}' is shorter than it was.");
            }

            bytes = bytes[read..];
            offset += read;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset >= Length && bytes.IndexOfAnyExcept((byte)0) < 0)
        {
            // A hole stays one: the file only becomes longer.
            RandomAccess.SetLength(_file, offset + bytes.Length);
        }
        else
        {
            RandomAccess.Write(_file, bytes, offset);
        }

        Length = Math.Max(Length, offset + bytes.Length);
    }

    public void Truncate(long length)
    {
        if (length < Length && !_isGone)
        {
            RandomAccess.SetLength(_file, length);
            Length = length;
        }
    }

    public bool Keep(TransferOffer offer, bool overwrite)
    {
        if (Length > TransferOffer.LeafSize)
        {
            // What is renamed is on the disk. For small files that would take far longer than to send them; a power cut may cost the last of those.
            RandomAccess.FlushToDisk(_file);
        }

        if (OperatingSystem.IsWindows())
        {
            _stream.Dispose();
            SetTimes(offer);
        }
        else
        {
            if (offer.Mode != TransferOffer.NoMode)
            {
                // What was made with the offered bits and more has lost those of the umask; what was more goes now.
                File.SetUnixFileMode(_file, File.GetUnixFileMode(_file) & (UnixFileMode)offer.Mode & Permissions);
            }

            SetTimes(offer);
        }

        _isGone = IsFree(overwrite) && AtomicFile.TryMove(_path, _target, overwrite);
        return _isGone;
    }

    public void Discard()
    {
        _stream.Dispose();
        AtomicFile.TryDelete(_path);
        _isGone = true;
    }

    public void Dispose()
    {
        bool isEmpty = !_isGone && Length < TransferOffer.LeafSize;
        _stream.Dispose();
        if (isEmpty)
        {
            // Nothing in it that could be gone on with.
            AtomicFile.TryDelete(_path);
        }
    }

    private static FileStream OpenStream(string path, TransferOffer offer)
    {
        bool isThere = File.Exists(path);
        var options = new FileStreamOptions { Mode = isThere ? FileMode.Open : FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!isThere && !OperatingSystem.IsWindows() && offer.Mode != TransferOffer.NoMode)
        {
            options.UnixCreateMode = ((UnixFileMode)offer.Mode & Permissions) | UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (IOException e) when (LockFile.IsHeldByAnother(e))
        {
            throw new StationException(StationFault.TransferBusy, "Another transfer of this file is under way.", e);
        }
    }

    // A folder is never replaced, and neither is what only looks free: a link that leads nowhere.
    private bool IsFree(bool overwrite) => DestinationFolder.Look(_target) is not { } found || (overwrite && found is FileInfo);

    private void SetTimes(TransferOffer offer)
    {
        if (TransferOffer.FromWire(offer.Modified) is { } modified)
        {
            SetTime(static (file, time) => File.SetLastWriteTimeUtc(file, time), static (path, time) => File.SetLastWriteTimeUtc(path, time), modified);
        }

        if (!OperatingSystem.IsLinux() && TransferOffer.FromWire(offer.Created) is { } created)
        {
            SetTime(static (file, time) => File.SetCreationTimeUtc(file, time), static (path, time) => File.SetCreationTimeUtc(path, time), created);
        }
    }

    // A time that the file system does not know is no reason to lose the file.
    private void SetTime(Action<SafeFileHandle, DateTime> byHandle, Action<string, DateTime> byPath, DateTime time)
    {
        try
        {
            if (_file.IsClosed)
            {
                byPath(_path, time);
            }
            else
            {
                byHandle(_file, time);
            }
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            // Its content is right all the same.
        }
    }
}
