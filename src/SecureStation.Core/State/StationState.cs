using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;

namespace SecureStation.Core.State;

/// <summary>
/// A file that keeps sessions over the end of their process: SQLite, write-ahead log, synced at each commit. One process at a time. What its sessions
/// have to write meanwhile goes into one commit.
/// </summary>
public sealed class StationState : IDisposable
{
    private const string CheckPlace = "meta|check";

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, StationState> s_open = new(StringComparer.Ordinal);

    private readonly SqliteConnection _connection;
    private readonly StateTables _tables;
    private readonly StateCipher? _cipher;
    private readonly BlockingCollection<SessionJournal> _dirty = [];
    private readonly Lock _gate = new();
    private readonly Thread _writer;
    private readonly List<StoredSession> _stored;
    private StationException? _failure;
    private readonly Fingerprint _station;
    private int _users = 1;

    private StationState(string path, Fingerprint station, SqliteConnection connection, StateCipher? cipher)
    {
        Path = path;
        _station = station;
        _connection = connection;
        _cipher = cipher;
        _tables = new StateTables(connection, cipher);
        _stored = [.. _tables.Load()];
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "Station state" };
        _writer.Start();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Takes the sessions out that are waiting to be taken up again, or hold what nobody has read.</summary>
    internal IReadOnlyList<StoredSession> Take(Func<StoredSession, bool> which)
    {
        lock (_gate)
        {
            StoredSession[] taken = [.. _stored.Where(which)];
            _stored.RemoveAll(taken.Contains);
            return taken;
        }
    }

    /// <summary>One more uses it, and disposes of it when done.</summary>
    internal StationState Retain()
    {
        lock (s_gate)
        {
            _users++;
            return this;
        }
    }

    /// <summary>Opens a state, or makes one.</summary>
    /// <param name="path">The file, on a local disk.</param>
    /// <param name="station">Whose it is.</param>
    /// <param name="passphrase">What bodies and headers are encrypted with; empty for none.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.StateFailed"/>: in use, damaged, of another station or a newer version, or not to be written;
    /// <see cref="StationFault.WrongPassphrase"/>.
    /// </exception>
    public static StationState Open(string path, Fingerprint station, ReadOnlySpan<char> passphrase = default)
    {
        ArgumentNullException.ThrowIfNull(station);
        string full = System.IO.Path.GetFullPath(path);
        lock (s_gate)
        {
            if (s_open.TryGetValue(full, out StationState? open))
            {
                return open._station == station ? open.Retain() : throw StateErrors.Failed(full, $"is in use by this process, as another station: {open._station}.");
            }

            return s_open[full] = OpenFile(full, station, passphrase);
        }
    }

    /// <summary>What waits in a state, without using it.</summary>
    /// <inheritdoc cref="Open(string, Fingerprint, ReadOnlySpan{char})"/>
    public static IReadOnlyList<StateSession> List(string path)
    {
        RequireFile(path);
        using SqliteConnection connection = Connect(path, isNew: false);
        try
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT id, role, address, peer, begun, over, (SELECT count(*) FROM outgoing WHERE session = s.id), (SELECT count(*) FROM incoming WHERE session = s.id) FROM session s ORDER BY begun";
            using SqliteDataReader row = command.ExecuteReader();
            var sessions = new List<StateSession>();
            while (row.Read())
            {
                sessions.Add(new StateSession
                {
                    Id = row.GetString(0),
                    Role = (StationRole)row.GetInt64(1),
                    Address = row.GetString(2),
                    Peer = StationPublicKey.FromSubjectPublicKeyInfo(row.GetFieldValue<byte[]>(3)).Fingerprint,
                    Begun = DateTimeOffset.Parse(row.GetString(4), CultureInfo.InvariantCulture),
                    Status = row.IsDBNull(5) ? "Waiting" : row.GetString(5),
                    Undelivered = row.GetInt64(6),
                    Unread = row.GetInt64(7),
                });
            }

            return sessions;
        }
        catch (SqliteException e)
        {
            throw StateErrors.From(path, e);
        }
    }

    /// <summary>Forgets a state: the file and what lies beside it. One that is damaged too; not one that is in use.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>: it is in use, or is no state.</exception>
    public static void Clear(string path)
    {
        RequireFile(path);
        try
        {
            using SqliteConnection connection = Connect(path, isNew: false);
        }
        catch (StationException e) when (e.InnerException is SqliteException { SqliteErrorCode: 11 or 26 } || e.Data.Contains("damaged"))
        {
            // That is what it is cleared for.
        }

        foreach (string file in new[] { path, path + "-wal", path + "-shm", StateErrors.HolderFile(path) })
        {
            File.Delete(file);
        }
    }

    /// <summary>Closes the file, where nothing else in this process uses it: what is left is written first.</summary>
    public void Dispose()
    {
        lock (s_gate)
        {
            if (--_users != 0)
            {
                return;
            }

            s_open.Remove(Path);
            _dirty.CompleteAdding();
            _writer.Join();
            lock (_gate)
            {
                _tables.Dispose();
                _connection.Dispose();
                _cipher?.Dispose();
            }

            _dirty.Dispose();
            try
            {
                File.Delete(StateErrors.HolderFile(Path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It says who holds the file, and nobody does now.
            }
        }
    }

    /// <summary>A journal has something to write.</summary>
    internal void Wake(SessionJournal journal)
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static pair => pair.journal.Fail(pair.failure), (journal, failure), preferLocal: false);
            return;
        }

        try
        {
            _dirty.Add(journal);
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static pair => pair.journal.Fail(StateErrors.Failed(pair.Path, "was closed.")), (journal, Path), preferLocal: false);
        }
    }

    private static StationState OpenFile(string path, Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        bool isNew = !File.Exists(path);
        SqliteConnection connection = Connect(path, isNew);
        StateCipher? cipher = null;
        try
        {
            File.WriteAllText(StateErrors.HolderFile(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            cipher = isNew ? Begin(connection, station, passphrase) : Check(path, connection, station, passphrase);
            return new StationState(path, station, connection, cipher);
        }
        catch (Exception e)
        {
            cipher?.Dispose();
            connection.Dispose();
            if (isNew)
            {
                File.Delete(path);
            }

            throw e is SqliteException or IOException ? StateErrors.From(path, e) : e;
        }
    }

    private static SqliteConnection Connect(string path, bool isNew)
    {
        RequireLocal(path);
        if (isNew)
        {
            // Before SQLite does, so that nobody else can read it; what it makes beside it is as this is.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream made = new(path, options);
        }
        else if (IsCutOff(path))
        {
            throw StateErrors.Failed(path, "was cut off, or its making was. It is left as it is. To begin anew: Clear-StationState.").Damaged();
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; BEGIN IMMEDIATE; COMMIT;");
            if (!isNew)
            {
                RequireVersion(path, connection);
            }

            return connection;
        }
        catch (Exception e)
        {
            connection.Dispose();
            throw e is SqliteException ? StateErrors.From(path, e) : e;
        }
    }

    // Pages that are missing at the end SQLite finds only when it reads them. Where there is a log the file may lag behind its own header.
    private static bool IsCutOff(string path)
    {
        Span<byte> header = stackalloc byte[32];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            return true;
        }

        int pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        long whole = (pageSize == 1 ? 65536L : pageSize) * BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
        var log = new FileInfo(path + "-wal");
        return header.StartsWith("SQLite format 3\0"u8) && file.Length < whole && log is not { Exists: true, Length: > 0 };
    }

    private static void RequireVersion(string path, SqliteConnection connection)
    {
        long version = Convert.ToInt64(Read(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version != StateTables.Version)
        {
            throw version > StateTables.Version
                ? StateErrors.Failed(path, $"is of a newer version ({version}) than this one reads ({StateTables.Version}). It is left as it is.")
                : StateErrors.Failed(path, "is damaged, or no state: it is left as it is. To begin anew: Clear-StationState.").Damaged();
        }

        if (Read(connection, "PRAGMA quick_check") as string != "ok")
        {
            throw StateErrors.Failed(path, "is damaged: it is left as it is. To begin anew: Clear-StationState.").Damaged();
        }
    }

    private static StateCipher? Begin(SqliteConnection connection, Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        StateCipher? cipher = null;
        Execute(connection, $"BEGIN; {StateTables.Schema} PRAGMA user_version = {StateTables.Version};");
        WriteMeta(connection, "station", Encoding.UTF8.GetBytes(station.ToString()));
        if (!passphrase.IsEmpty)
        {
            byte[] salt = RandomNumberGenerator.GetBytes(StateCipher.SaltLength);
            cipher = new StateCipher(passphrase, salt);
            WriteMeta(connection, "salt", salt);
            WriteMeta(connection, "check", cipher.Seal("SecureStation"u8, CheckPlace));
        }

        Execute(connection, "COMMIT;");
        return cipher;
    }

    private static StateCipher? Check(string path, SqliteConnection connection, Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        string owner = ReadMeta(connection, "station") is { } bytes ? Encoding.UTF8.GetString(bytes) : string.Empty;
        if (owner != station.ToString())
        {
            throw StateErrors.Failed(path, $"is that of another station, {ForeignText.Show(owner)}. This one is {station}.");
        }

        byte[]? salt = ReadMeta(connection, "salt");
        if (salt is null)
        {
            return passphrase.IsEmpty ? null : throw new StationException(StationFault.InvalidArgument, $"The state '{path}' was made without a passphrase: leave it out, or begin another.");
        }

        if (passphrase.IsEmpty)
        {
            throw new StationException(StationFault.WrongPassphrase, $"The state '{path}' needs its passphrase.");
        }

        var cipher = new StateCipher(passphrase, salt);
        try
        {
            cipher.Open(ReadMeta(connection, "check"), CheckPlace);
            return cipher;
        }
        catch (CryptographicException e)
        {
            cipher.Dispose();
            throw new StationException(StationFault.WrongPassphrase, $"The passphrase is not that of the state '{path}'.", e);
        }
    }

    private static void RequireFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new StationException(StationFault.NotFound, $"There is no state '{path}'.");
        }
    }

    // SQLite's locks and syncs do not hold on network file systems.
    private static void RequireLocal(string path)
    {
        DriveInfo? drive = DriveInfo.GetDrives()
            .Where(drive => path.StartsWith(drive.Name, StringComparison.Ordinal))
            .MaxBy(static drive => drive.Name.Length);
        if (drive is { DriveType: DriveType.Network })
        {
            throw StateErrors.Failed(path, $"lies on a network file system ({drive.Name}); a state needs a local disk.");
        }
    }

    private static void WriteMeta(SqliteConnection connection, string key, byte[] value)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "INSERT INTO meta VALUES($0, $1)";
        command.Parameters.AddWithValue("$0", key);
        command.Parameters.AddWithValue("$1", value);
        command.ExecuteNonQuery();
    }

    private static byte[]? ReadMeta(SqliteConnection connection, string key)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM meta WHERE key = $0";
        command.Parameters.AddWithValue("$0", key);
        return command.ExecuteScalar() as byte[];
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Read(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void WriteAll()
    {
        var batch = new HashSet<SessionJournal>();
        foreach (SessionJournal first in _dirty.GetConsumingEnumerable())
        {
            batch.Clear();
            batch.Add(first);
            while (_dirty.TryTake(out SessionJournal? more))
            {
                batch.Add(more);
            }

            try
            {
                lock (_gate)
                {
                    Execute(_connection, "BEGIN IMMEDIATE");
                    foreach (SessionJournal journal in batch)
                    {
                        journal.Write(_tables);
                    }

                    Execute(_connection, "COMMIT");
                }
            }
            catch (Exception e)
            {
                StationException failure = StateErrors.From(Path, e);
                Volatile.Write(ref _failure, failure);
                foreach (SessionJournal journal in batch)
                {
                    journal.Fail(failure);
                }

                continue;
            }

            foreach (SessionJournal journal in batch)
            {
                journal.Committed();
            }
        }
    }
}
