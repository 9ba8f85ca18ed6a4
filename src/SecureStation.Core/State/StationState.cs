using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;

namespace SecureStation.Core.State;

/// <summary>
/// A file that keeps sessions over the end of their process: SQLite, write-ahead log, synced at each commit. One process at a time. What its sessions
/// have to write meanwhile goes into one commit.
/// </summary>
public sealed partial class StationState : IDisposable, IJournalWriter
{
    // A disk that takes longer than this to open, read or close a state keeps nobody waiting.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, StationState> s_open = new(StringComparer.Ordinal);

    private readonly Lock _gate = new();
    private readonly HashSet<SessionKey> _inUse = [];
    private readonly Dictionary<SessionKey, IReadOnlyList<(ulong First, ulong Last)>> _taken = [];
    private readonly Fingerprint _station;
    private readonly SqliteConnection _connection;
    private readonly StateCipher? _cipher;
    private readonly HolderFile _holder;
    private readonly StateTables _tables;
    private int _users = 1;

    private StationState(string path, Fingerprint station, SqliteConnection connection, StateCipher? cipher, HolderFile holder)
    {
        Path = path;
        _station = station;
        _connection = connection;
        _cipher = cipher;
        _holder = holder;
        _tables = new StateTables(connection, cipher);
        try
        {
            _tables.Check();
        }
        catch
        {
            _tables.Dispose();
            throw;
        }

        Writer = new StateWriter(path, _tables, CloseFile);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The thread that uses it.</summary>
    internal StateWriter Writer { get; }

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
        string full = Resolve(path);
        while (true)
        {
            StationState? open;
            lock (s_gate)
            {
                if (!s_open.TryGetValue(full, out open))
                {
                    return s_open[full] = OpenFile(full, station, passphrase);
                }

                if (open._users > 0)
                {
                    return open._station == station ? open.Retain() : throw StateErrors.Failed(full, $"is in use by this process, as another station: {open._station}.");
                }
            }

            if (!open.Writer.WaitUntilClosed(s_patience))
            {
                throw StateErrors.Failed(full, "is still being written by this process: its disk is slow.");
            }
        }
    }

    /// <summary>What waits in a state, without using it.</summary>
    /// <inheritdoc cref="Open(string, Fingerprint, ReadOnlySpan{char})"/>
    public static IReadOnlyList<StateSession> List(string path)
    {
        path = Resolve(path);
        RequireFile(path);
        try
        {
            using SqliteConnection connection = Connect(path);
            using var tables = new StateTables(connection, cipher: null);
            return [.. tables.List().Select(static stored => new StateSession
            {
                Id = stored.Id,
                Role = stored.Role,
                Address = stored.Address,
                Peer = stored.Peer.Fingerprint,
                Begun = stored.Begun,
                Status = stored.Over ?? "Waiting",
                Undelivered = stored.Undelivered,
                Unread = stored.Unread,
            })];
        }
        catch (Exception e)
        {
            throw StateErrors.From(path, e);
        }
    }

    /// <summary>Forgets a state: the file and what lies beside it. One that is damaged too; not one that is in use.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>: it is in use, or is no state.</exception>
    public static void Clear(string path)
    {
        path = Resolve(path);
        RequireFile(path);
        try
        {
            using SqliteConnection connection = Connect(path);
        }
        catch (StationException e) when (e.IsDamage())
        {
            // That is what it is cleared for.
        }

        try
        {
            StateNeighbours.Delete(path);
            new HolderFile(path).Delete();
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StateErrors.From(path, e);
        }
    }

    /// <summary>
    /// Waits until what there is is written, 30 s at most, so that the process may end; and closes the file, where nothing else in this process uses it.
    /// </summary>
    public void Dispose()
    {
        if (!TryClose())
        {
            Flush();
        }
    }

    void IJournalWriter.Release() => TryClose();

    // False: others use it.
    private bool TryClose()
    {
        lock (s_gate)
        {
            if (--_users != 0)
            {
                return false;
            }
        }

        Writer.TryStop(s_patience);
        return true;
    }

    private void Flush()
    {
        try
        {
            Writer.Read(static _ => true, s_patience);
        }
        catch (StationException)
        {
            // The last user has closed it meanwhile, or its disk does not answer: the sessions are told of that.
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

    /// <summary>Takes sessions out, of those that nobody in this process has, with their messages.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>.</exception>
    internal IReadOnlyList<StoredSession> Take(Func<IEnumerable<StoredSession>, IEnumerable<StoredSession>> choose) => Writer.Read(
        tables =>
        {
            lock (_gate)
            {
                StoredSession[] taken = [.. choose(tables.List().Where(session => !_inUse.Contains(session.Key))).Select(tables.Load)];
                _inUse.UnionWith(taken.Select(static session => session.Key));
                return Array.ConvertAll(taken, session => _taken.Remove(session.Key, out IReadOnlyList<(ulong First, ulong Last)>? given) ? session with { Taken = given } : session);
            }
        },
        s_patience);

    /// <summary>Whether a session of this process has it.</summary>
    internal bool IsInUse(SessionKey session)
    {
        lock (_gate)
        {
            return _inUse.Contains(session);
        }
    }

    void IJournalWriter.Use(SessionKey session)
    {
        lock (_gate)
        {
            _inUse.Add(session);
        }
    }

    void IJournalWriter.Leave(SessionKey? session, IReadOnlyList<(ulong First, ulong Last)> taken)
    {
        lock (_gate)
        {
            if (session is { } key)
            {
                _inUse.Remove(key);
                if (taken.Count > 0)
                {
                    _taken[key] = taken;
                }
            }
        }
    }

    void IJournalWriter.Wake(SessionJournal journal, bool isUrgent)
    {
        if (!Writer.Wake(journal, isUrgent))
        {
            ThreadPool.UnsafeQueueUserWorkItem(static pair => pair.journal.Fail(StateErrors.Failed(pair.Path, "was closed.")), (journal, Path), preferLocal: false);
        }
    }

    // By the writer, after its last commit.
    [SuppressMessage("Design", "CA1031", Justification = "Nobody is left to be told.")]
    private void CloseFile()
    {
        try
        {
            _tables.Dispose();
            _connection.Dispose();
            _cipher?.Dispose();
            _holder.Delete();
        }
        catch (Exception)
        {
            // What was committed is in the file.
        }

        lock (s_gate)
        {
            s_open.Remove(Path);
        }
    }
}
