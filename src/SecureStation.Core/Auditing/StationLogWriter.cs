using SecureStation.Core.Storage;

namespace SecureStation.Core.Auditing;

/// <summary>The open file of a log: each entry is one write at its end. One caller at a time.</summary>
internal sealed class StationLogWriter : IAsyncDisposable
{
    private readonly FileStream _lock;
    private readonly FileStream _file;
    private string _previous = StationLogEntry.FirstPrevious;
    private long _length;
    private long _entryCount;

    private StationLogWriter(string path, FileStream lockFile, FileStream file)
    {
        Path = path;
        _lock = lockFile;
        _file = file;
    }

    public string Path { get; }

    public long EntryCount => Interlocked.Read(ref _entryCount);

    public string? LastHash => EntryCount == 0 ? null : Volatile.Read(ref _previous);

    public StationException? Failure { get; private set; }

    /// <inheritdoc cref="StationLog.Start"/>
    public static StationLogWriter Open(string path, TimeProvider clock)
    {
        string full = StorageErrors.Map(path, () => System.IO.Path.GetFullPath(path));
        if (System.IO.Path.Exists(full))
        {
            // Before the lock, which would leave its file beside a device.
            StorageErrors.Map(full, () => RegularFile.OpenRead(full).Dispose());
        }

        FileStream lockFile = LockFile.TryAcquire(full + ".lock", FileMode.OpenOrCreate)
            ?? throw new StationException(StationFault.StorageFailed, $"The log '{full}' is being written already, by this process or another.");
        FileStream? file = null;
        try
        {
            file = StorageErrors.Map(full, () => OpenFile(full));
            var writer = new StationLogWriter(full, lockFile, file);
            writer.GoOn(clock.GetUtcNow());
            return writer;
        }
        catch (Exception e)
        {
            file?.Dispose();
            lockFile.Dispose();
            if (e is not StationException && StorageErrors.IsStorageError(e))
            {
                throw StorageErrors.Failed(full, e);
            }

            throw;
        }
    }

    /// <summary>Appends an entry. False: the disk did not take it, and <see cref="Failure"/> says why; the file is as before.</summary>
    public bool TryWrite(AuditEvent happened, DateTimeOffset time, long count)
    {
        byte[] line = StationLogEntry.Write(EntryCount + 1, time, happened, count, _previous, out string hash);
        try
        {
            _file.Position = _length;
            _file.Write(line);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            Failure = StorageErrors.Failed(Path, e);
            CutBack();
            return false;
        }

        Failure = null;
        _length += line.Length;
        Volatile.Write(ref _previous, hash);
        Interlocked.Increment(ref _entryCount);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync().ConfigureAwait(false);
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private static FileStream OpenFile(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        try
        {
            RegularFile.Require(path, file.SafeFileHandle);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Takes up the chain where it ends. Only the end is read: whether all of it holds is the verifier's to say.
    private void GoOn(DateTimeOffset now)
    {
        long size = _file.Length;
        byte[] tail = new byte[Math.Min(size, 2 * StationLogEntry.MaxLine)];
        _file.Position = size - tail.Length;
        _file.ReadExactly(tail);
        int end = tail.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (end == 0 && size > StationLogEntry.MaxLine)
        {
            throw Damaged("its last line has no end");
        }

        int torn = tail.Length - end;
        _length = size - torn;
        if (end > 0)
        {
            ReadOnlySpan<byte> last = tail.AsSpan(0, end - 1);
            StationLogEntry entry = StationLogEntry.Parse(last[(last.LastIndexOf((byte)'\n') + 1)..], 0);
            if (entry.Problem is not null || entry.Sequence <= 0)
            {
                throw Damaged("its last line is no entry of one");
            }

            _previous = entry.Hash;
            _entryCount = entry.Sequence;
        }
        else if (torn > 0 && tail[0] != (byte)'{')
        {
            throw Damaged("it holds something else");
        }

        if (torn > 0)
        {
            _file.SetLength(_length);
        }

        var started = new AuditEvent(AuditEventKind.LogStarted)
        {
            Detail = torn > 0 ? $"A torn last line of {torn} bytes was cut off: the writer had been killed." : null,
        };
        if (!TryWrite(started, now, count: 1))
        {
            throw Failure!;
        }
    }

    private StationException Damaged(string why) =>
        new(StationFault.LogDamaged, $"'{Path}' is no station log, or is damaged: {why}. Nothing is appended to it.") { Subject = StationSubject.File };

    // Half a line may be there. The next one is written over it.
    private void CutBack()
    {
        try
        {
            _file.SetLength(_length);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            // The next write begins at the same place.
        }
    }
}
