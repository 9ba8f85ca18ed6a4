using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.State;

/// <summary>
/// The tables of a state file, version 1. One user at a time; no transaction of its own.
/// <code>
/// meta(key, value)                   station: the fingerprint; salt, check: where there is a passphrase
/// session(n, id, role, address, peer, suite, begun, accepted, delivered, delivered_bytes, kept, kept_bytes, given, over)
/// outgoing(session, id, kind, reply, head, body)      accepted and not acknowledged; session is an n. Of kind 4 (service) the body's length alone (i32)
/// incoming(session, id, kind, reply, head, body)      acknowledged and not taken; those up to given may have been given out
/// </code>
/// </summary>
internal sealed class StateTables(SqliteConnection connection, StateCipher? cipher) : IDisposable
{
    public const int Version = 1;

    public const string Schema = """
        CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE session(n INTEGER PRIMARY KEY, id TEXT NOT NULL, role INTEGER NOT NULL, address TEXT NOT NULL, peer BLOB NOT NULL, suite TEXT NOT NULL,
            begun TEXT NOT NULL, accepted INTEGER NOT NULL, delivered INTEGER NOT NULL, delivered_bytes INTEGER NOT NULL, kept INTEGER NOT NULL, kept_bytes INTEGER NOT NULL,
            given INTEGER NOT NULL, over TEXT, UNIQUE(id, role));
        CREATE TABLE outgoing(session INTEGER NOT NULL, id INTEGER NOT NULL, kind INTEGER NOT NULL, reply INTEGER NOT NULL, head BLOB NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY(session, id)) WITHOUT ROWID;
        CREATE TABLE incoming(session INTEGER NOT NULL, id INTEGER NOT NULL, kind INTEGER NOT NULL, reply INTEGER NOT NULL, head BLOB NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY(session, id)) WITHOUT ROWID;
        """;

    private readonly StoredMessages _outgoing = new(connection, cipher, "outgoing");
    private readonly StoredMessages _incoming = new(connection, cipher, "incoming");
    private readonly SqlStatement _begin = new(connection, "BEGIN IMMEDIATE");
    private readonly SqlStatement _commit = new(connection, "COMMIT");
    private readonly SqlStatement _rollback = new(connection, "ROLLBACK");
    private readonly SqlStatement _insert = new(connection, "INSERT INTO session(id, role, address, peer, suite, begun, accepted, delivered, delivered_bytes, kept, kept_bytes, given) VALUES(?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0)");
    private readonly SqlStatement _update = new(connection, "UPDATE session SET accepted = ?2, delivered = ?3, delivered_bytes = ?4, kept = ?5, kept_bytes = ?6, given = ?7 WHERE n = ?1");
    private readonly SqlStatement _end = new(connection, "UPDATE session SET over = coalesce(over, ?2) WHERE n = ?1");
    private readonly SqlStatement _deleteRead = new(connection, "DELETE FROM incoming WHERE session = (SELECT n FROM session WHERE id = ?1 AND role = ?2) AND id BETWEEN ?3 AND ?4");
    private readonly SqlStatement _deleteOver = new(connection, "DELETE FROM session WHERE id = ?1 AND role = ?2 AND over IS NOT NULL AND NOT EXISTS(SELECT 1 FROM outgoing WHERE session = n) AND NOT EXISTS(SELECT 1 FROM incoming WHERE session = n)");
    private readonly SqlStatement _deleteEmpty = new(connection, "DELETE FROM session WHERE n = ?1 AND NOT EXISTS(SELECT 1 FROM outgoing WHERE session = ?1) AND NOT EXISTS(SELECT 1 FROM incoming WHERE session = ?1)");

    /// <summary>Reads all that there is, and prepares to write: what cannot be read is found before anything goes on by it.</summary>
    /// <exception cref="Exception">Something in it is none of what is written here.</exception>
    public void Check()
    {
        foreach (SqlStatement statement in Own)
        {
            statement.Prepare();
        }

        _outgoing.Prepare();
        _incoming.Prepare();
        foreach (StoredSession session in List())
        {
            Load(session);
        }
    }

    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    /// <summary>Undoes what was written since <see cref="Begin"/>. SQLite may have done so by itself.</summary>
    public void Rollback()
    {
        try
        {
            _rollback.Run();
        }
        catch (SqliteException)
        {
            // There is no transaction any more.
        }
    }

    /// <summary>Writes a session's row down. What its messages are kept under.</summary>
    public long Insert(StoredSession session)
    {
        _insert.Bind(1, session.Id).Bind(2, (long)session.Role).Bind(3, session.Address).Bind(4, session.Peer.SubjectPublicKeyInfo.Span)
            .Bind(5, session.Suite).Bind(6, session.Begun.ToString("O", CultureInfo.InvariantCulture)).Run();
        return SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle);
    }

    public void Update(long number, in JournalProgress progress, ulong kept, long keptBytes) =>
        _update.Bind(1, number).Bind(2, (long)progress.AcceptedId).Bind(3, (long)progress.DeliveredId).Bind(4, progress.DeliveredBytes)
            .Bind(5, (long)kept).Bind(6, keptBytes).Bind(7, (long)progress.GivenId).Run();

    public void End(long number, string reason, bool isDone)
    {
        _end.Bind(1, number).Bind(2, reason).Run();
        if (isDone)
        {
            _deleteEmpty.Bind(1, number).Run();
        }
    }

    public void InsertOutgoing(StoredName session, in OutgoingEntry entry)
    {
        OutgoingMessage message = entry.Message;
        if (message.Kind == StationMessageKind.Service)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, entry.BodyLength);
            _outgoing.Insert(session, entry.Id, message.Kind, 0, [], length);
        }
        else
        {
            _outgoing.Insert(session, entry.Id, message.Kind, message.InReplyTo, message.Headers, message.Body.Span);
        }
    }

    public void InsertIncoming(StoredName session, StationMessage message) =>
        _incoming.Insert(session, message.Id, message.Kind, message.InReplyTo, message.Headers, message.BodyBytes.Span);

    public void DeleteOutgoing(StoredName session, ulong upTo) => _outgoing.Delete(session, 0, upTo);

    public void DeleteIncoming(StoredName session, ulong first, ulong last) => _incoming.Delete(session, first, last);

    /// <summary>Messages of a session that is over were taken; with the last that waits the session goes too.</summary>
    public void DeleteRead(SessionKey session, ulong first, ulong last)
    {
        _deleteRead.Bind(1, session.Id).Bind(2, (long)session.Role).Bind(3, (long)first).Bind(4, (long)last).Run();
        _deleteOver.Bind(1, session.Id).Bind(2, (long)session.Role).Run();
    }

    /// <summary>The sessions that there are, without their messages.</summary>
    public IReadOnlyList<StoredSession> List()
    {
        var sessions = new List<StoredSession>();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            SELECT n, id, role, address, peer, suite, begun, accepted, delivered, delivered_bytes, kept, kept_bytes, given, over,
                (SELECT count(*) FROM outgoing WHERE session = n), (SELECT count(*) FROM incoming WHERE session = n) FROM session ORDER BY begun, n
            """;
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            sessions.Add(new StoredSession
            {
                Number = row.GetInt64(0),
                Id = row.GetString(1),
                Role = (StationRole)row.GetInt64(2),
                Address = row.GetString(3),
                Peer = StationPublicKey.FromSubjectPublicKeyInfo(row.GetFieldValue<byte[]>(4)),
                Suite = row.GetString(5),
                Begun = DateTimeOffset.Parse(row.GetString(6), CultureInfo.InvariantCulture),
                AcceptedId = (ulong)row.GetInt64(7),
                DeliveredId = (ulong)row.GetInt64(8),
                DeliveredBytes = row.GetInt64(9),
                KeptId = (ulong)row.GetInt64(10),
                KeptBytes = row.GetInt64(11),
                GivenId = (ulong)row.GetInt64(12),
                Over = row.IsDBNull(13) ? null : row.GetString(13),
                Undelivered = row.GetInt64(14),
                Unread = row.GetInt64(15),
            });
        }

        return sessions;
    }

    /// <summary>A session with its messages.</summary>
    public StoredSession Load(StoredSession session)
    {
        var name = new StoredName(session.Number, session.Id);
        return session with { Outgoing = [.. _outgoing.Load(name).Select(ToSendAgain)], Incoming = _incoming.Load(name) };
    }

    /// <summary>Bounds the file, in pages; it is never less than what it has. The seam for a disk that is full. How many it may have.</summary>
    public long LimitPages(long pages)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {pages}");
        return (long)command.ExecuteScalar()!;
    }

    public void Dispose()
    {
        _outgoing.Dispose();
        _incoming.Dispose();
        foreach (SqlStatement statement in Own)
        {
            statement.Dispose();
        }
    }

    private SqlStatement[] Own => [_begin, _commit, _rollback, _insert, _update, _end, _deleteEmpty, _deleteRead, _deleteOver];

    // A request is not made by another process than that which waits for its answer: what goes out in its place is as long, since the peer may have counted it.
    private static (ulong Id, OutgoingMessage Message) ToSendAgain((ulong Id, OutgoingMessage Message) stored) => stored.Message.Kind == StationMessageKind.Service
        ? (stored.Id, OutgoingMessage.VoidOf(BinaryPrimitives.ReadInt32BigEndian(stored.Message.Body.Span)))
        : stored;
}
