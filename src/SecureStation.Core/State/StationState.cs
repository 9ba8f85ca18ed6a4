using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;

namespace SecureStation.Core.State;

/// <summary>
/// A file that keeps sessions over the end of their process: SQLite, write-ahead log, synced at each commit. One process at a time. What its sessions
/// have to write meanwhile goes into one commit.
/// </summary>
public sealed partial class StationState : IDisposable
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
        RequireBeginning(path);
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
