using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;

namespace SecureStation.Core.State;

/// <summary>The file of a state while this process has it: one for all that use it, who are counted; the last one closes it.</summary>
internal sealed class OpenState : IDisposable, IJournalWriter
{
    // A disk that takes longer than this to open, read or close a state keeps nobody waiting.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, OpenState> s_open = new(StringComparer.Ordinal);

    private static readonly LeftSessions s_left = new();

    private readonly Lock _gate = new();
    private readonly HashSet<SessionKey> _inUse = [];
    private readonly Dictionary<SessionKey, IReadOnlyList<(ulong First, ulong Last)>> _taken = [];
    private readonly Fingerprint _station;
    private readonly SqliteConnection _connection;
    private readonly StateCipher? _cipher;
    private readonly HolderFile _holder;
    private readonly StateTables _tables;
    private int _users = 1;

    private OpenState(string path, Fingerprint station, SqliteConnection connection, StateCipher? cipher, HolderFile holder)
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
    public StateWriter Writer { get; }

    /// <summary>The one that is open, with one user more; else it is opened.</summary>
    public static OpenState Open(string path, Fingerprint station, ReadOnlySpan<char> passphrase = default)
    {
        string full = StateDatabase.Resolve(path);
        OpenState? open;
        while (true)
        {
            lock (s_gate)
            {
                if (!s_open.TryGetValue(full, out open))
                {
                    return s_open[full] = OpenFile(full, station, passphrase);
                }

                if (open._users > 0)
                {
                    open.Retain();
                    break;
                }
            }

            if (!open.Writer.WaitUntilClosed(s_patience))
            {
                throw StateErrors.Failed(full, "is still being written by this process: its disk is slow.");
            }
        }

        try
        {
            open.Require(station, passphrase);
            return open;
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    // Who shares it gives what would open it.
    private void Require(Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        if (_station != station)
        {
            throw StateErrors.Failed(Path, $"is in use by this process, as another station: {_station}.");
        }

        if (_cipher is null ? !passphrase.IsEmpty : passphrase.IsEmpty || !_cipher.IsOf(passphrase))
        {
            throw _cipher is null ? StateErrors.HasNoPassphrase(Path) : StateErrors.WrongPassphrase(Path, !passphrase.IsEmpty);
        }
    }

    private static OpenState OpenFile(string path, Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        if (!System.IO.Path.Exists(path))
        {
            StateDatabase.RequireLocal(path);
            StateNeighbours.Require(path, isNew: true);
            NewState.Make(path, station, passphrase);
        }

        SqliteConnection? connection = null;
        StateCipher? cipher = null;
        var holder = new HolderFile(path);
        try
        {
            connection = StateDatabase.Connect(path);
            holder.Write();
            cipher = StateDatabase.Check(path, connection, station, passphrase);
            return new OpenState(path, station, connection, cipher, holder);
        }
        catch (Exception e)
        {
            cipher?.Dispose();
            if (connection is not null)
            {
                connection.Dispose();
                holder.Delete();
            }

            throw StateErrors.From(path, e);
        }
    }

    void IJournalWriter.Release() => TryClose();

    /// <summary>One user lets go of it: waits until what there is is written, 30 s at most, and closes the file, where nobody else uses it.</summary>
    public void Dispose()
    {
        if (!TryClose())
        {
            Flush();
        }
    }

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

    /// <summary>One more uses it, and lets go of it when done.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>: the last one has closed it.</exception>
    public OpenState Retain()
    {
        lock (s_gate)
        {
            if (_users == 0)
            {
                throw StateErrors.Failed(Path, "was closed.");
            }

            _users++;
            return this;
        }
    }

    /// <summary>Takes sessions out, of those that nobody in this process has, with their messages.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>.</exception>
    public IReadOnlyList<StoredSession> Take(Func<IEnumerable<StoredSession>, IEnumerable<StoredSession>> choose) => Writer.Read(
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

    /// <summary>Takes out the sessions that this station opened, that were over before this process, and that hold what nobody has received.</summary>
    /// <inheritdoc cref="Take"/>
    public IReadOnlyList<StoredSession> TakeEnded() =>
        Take(static all => all.Where(static stored => stored is { Over: not null, Role: StationRole.Initiator, Unread: > 0 } && !s_left.Contains(stored.Key)));

    /// <summary>Whether a session of this process has it.</summary>
    public bool IsInUse(SessionKey session)
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
                if (key.Role == StationRole.Initiator)
                {
                    s_left.Add(key);
                }

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
