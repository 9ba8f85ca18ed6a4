using System.Security.Cryptography;
using System.Threading.Channels;
using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Notary.Log;

/// <summary>
/// A notary's append-only log: each entry holds a token and the hash of the entry before, and is signed. An entry is on the disk before
/// its token is given out; tokens that come together share one flush. One writer at a time. Thread-safe.
/// </summary>
public sealed class NotaryLog : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private const string LockSuffix = ".lock";

    private readonly StationKeyPair _keyPair;
    private readonly FileStream _lock;
    private readonly FileStream _file;
    private readonly Channel<LogTicket> _tickets = Channel.CreateUnbounded<LogTicket>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _writing;
    private string _previous = NotaryLogEntry.FirstPrevious;
    private long _length;
    private volatile NotaryLogHead? _head;

    private NotaryLog(string path, StationKeyPair keyPair, FileStream lockFile, FileStream file)
    {
        Path = path;
        _keyPair = keyPair;
        _lock = lockFile;
        _file = file;
        LogId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NotaryLogHead.IdSize));
        Resume();
        _writing = Task.Run(WriteLoopAsync);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The log's random id, 32 hex digits.</summary>
    public string LogId { get; private set; }

    /// <summary>The signed head: keep it elsewhere to find out later whether the log was cut. Null while the log is empty.</summary>
    public NotaryLogHead? Head => _head;

    /// <summary>Entries in the log.</summary>
    public long Count => _head?.Sequence ?? 0;

    /// <summary>The key that signs the entries.</summary>
    public StationPublicKey PublicKey => _keyPair.PublicKey;

    /// <summary>Bytes of a torn last line that were dropped on opening: a writer had been killed. Its token had not been given out.</summary>
    public long RepairedBytes { get; private set; }

    /// <summary>The bytes of the file that are entries.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>The time of the last token at the opening; the smallest time where there was none.</summary>
    internal DateTimeOffset LastTime { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Opens a log, or begins one.</summary>
    /// <param name="path">The file. Beside it stands an empty one, <c>.lock</c>.</param>
    /// <param name="keyPair">Signs the entries; it may be another than before. Not disposed.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.StorageFailed"/>, also where another notary has it open; <see cref="StationFault.NotaryLogDamaged"/>: its last
    /// entry does not hold.
    /// </exception>
    public static NotaryLog Open(string path, StationKeyPair keyPair)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        string full = StorageErrors.Map(path, () => System.IO.Path.GetFullPath(path));
        if (System.IO.Path.Exists(full))
        {
            // Before the lock, which would leave its file beside a device.
            StorageErrors.Map(full, () => RegularFile.OpenRead(full).Dispose());
        }

        FileStream lockFile = LockFile.Acquire(full + LockSuffix, TimeSpan.Zero);
        FileStream? file = null;
        try
        {
            file = StorageErrors.Map(full, () => new FileStream(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0));
            StorageErrors.Map(full, () => RegularFile.Require(full, file.SafeFileHandle));
            return new NotaryLog(full, keyPair, lockFile, file);
        }
        catch
        {
            file?.Dispose();
            lockFile.Dispose();
            throw;
        }
    }

    /// <summary>Appends a token and waits until it is on the disk.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>; <see cref="StationFault.InvalidState"/>: the log is closed.</exception>
    public Task AppendAsync(byte[] token) => Reserve().CommitAsync(token);

    /// <summary>Reads the entries that are on the disk.</summary>
    public IEnumerable<NotaryLogEntry> Read() => NotaryLogFile.Read(Path, Length);

    /// <summary>Writes what was appended and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _tickets.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    /// <summary>Takes the next place; the ticket must be committed or cancelled, and those after it wait for that.</summary>
    internal LogTicket Reserve()
    {
        var ticket = new LogTicket();
        if (!_tickets.Writer.TryWrite(ticket))
        {
            ticket.SetFailed(new StationException(StationFault.InvalidState, "The notary's log is closed."));
        }

        return ticket;
    }

    private void Resume()
    {
        long size = _file.Length;
        _length = FindEndOfLastLine(size);
        RepairedBytes = size - _length;
        if (RepairedBytes > 0)
        {
            StorageErrors.Map(Path, () => _file.SetLength(_length));
        }

        if (_length == 0)
        {
            return;
        }

        NotaryLogEntry last = ReadLastLine();
        if (last.Head is not { } head || last.Token is not { } token || !head.HasValidSignature())
        {
            throw new StationException(StationFault.NotaryLogDamaged, $"The last entry of '{Path}' does not hold: {last.Problem ?? "its signature or token is wrong"}. Nothing is appended to it.");
        }

        _head = head;
        _previous = head.Hash;
        LogId = head.LogId;
        LastTime = token.Time;
    }

    private long FindEndOfLastLine(long size)
    {
        byte[] tail = ReadTail(size);
        int end = tail.AsSpan().LastIndexOf((byte)'\n');
        return end >= 0 ? size - tail.Length + end + 1
            : size <= NotaryLogEntry.MaxLine ? 0
            : throw new StationException(StationFault.NotaryLogDamaged, $"'{Path}' is no notary log: its last line has no end.");
    }

    private NotaryLogEntry ReadLastLine()
    {
        byte[] tail = ReadTail(_length - 1);
        return NotaryLogEntry.Parse(tail.AsSpan(tail.AsSpan().LastIndexOf((byte)'\n') + 1), Path, 0);
    }

    /// <summary>What stands before an offset, as much as a line can be.</summary>
    private byte[] ReadTail(long end) => StorageErrors.Map(Path, () =>
    {
        var tail = new byte[Math.Min(end, NotaryLogEntry.MaxLine + 1)];
        _file.Position = end - tail.Length;
        _file.ReadExactly(tail);
        return tail;
    });

    private async Task WriteLoopAsync()
    {
        var batch = new List<(LogTicket Ticket, byte[] Token)>();
        while (await _tickets.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            // The first ticket is waited for; those behind it come along if their tokens are there.
            while (batch.Count < MaxBatch && _tickets.Reader.TryPeek(out LogTicket? next) && (batch.Count == 0 || next.Token.IsCompleted))
            {
                _tickets.Reader.TryRead(out _);
                if (await next.Token.ConfigureAwait(false) is { } token)
                {
                    batch.Add((next, token));
                }
            }

            Write(batch);
            batch.Clear();
        }

        await _file.DisposeAsync().ConfigureAwait(false);
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private void Write(List<(LogTicket Ticket, byte[] Token)> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        long sequence = Count;
        string previous = _previous;
        NotaryLogHead? head = _head;
        try
        {
            using var lines = new MemoryStream();
            foreach ((_, byte[] token) in batch)
            {
                lines.Write(NotaryLogEntry.Write(LogId, ++sequence, previous, _keyPair, token, out head));
                previous = head.Hash;
            }

            _file.Position = _length;
            _file.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
            _file.Flush(flushToDisk: true);
            _previous = previous;
            _head = head;
            Interlocked.Add(ref _length, lines.Length);
        }
        catch (Exception e) when (e is StationException || StorageErrors.IsStorageError(e))
        {
            TruncateAfterFailure();
            StationException failure = e as StationException ?? StorageErrors.Failed(Path, e);
            batch.ForEach(one => one.Ticket.SetFailed(failure));
            return;
        }

        batch.ForEach(static one => one.Ticket.SetWritten());
    }

    // Half a batch may be there. The next one is written over it, and a reader stops at the length.
    private void TruncateAfterFailure()
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
