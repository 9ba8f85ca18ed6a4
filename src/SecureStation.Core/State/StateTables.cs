using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.State;

/// <summary>
/// The tables of a state file, version 1. One user at a time; no transaction of its own.
/// <code>
/// meta(key, value)                   station: the fingerprint; salt, check: where there is a passphrase
/// session(id, role, address, peer, suite, begun, accepted, delivered, delivered_bytes, kept, kept_bytes, over)
/// outgoing(session, id, kind, reply, head, body)      accepted and not acknowledged
/// incoming(session, id, kind, reply, head, body)      acknowledged and not taken
/// </code>
/// </summary>
internal sealed class StateTables(SqliteConnection connection, StateCipher? cipher) : IDisposable
{
    public const int Version = 1;

    public const string Schema = """
        CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE session(id TEXT PRIMARY KEY, role INTEGER NOT NULL, address TEXT NOT NULL, peer BLOB NOT NULL, suite TEXT NOT NULL, begun TEXT NOT NULL,
            accepted INTEGER NOT NULL, delivered INTEGER NOT NULL, delivered_bytes INTEGER NOT NULL, kept INTEGER NOT NULL, kept_bytes INTEGER NOT NULL, over TEXT);
        CREATE TABLE outgoing(session TEXT NOT NULL, id INTEGER NOT NULL, kind INTEGER NOT NULL, reply INTEGER NOT NULL, head BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY(session, id));
        CREATE TABLE incoming(session TEXT NOT NULL, id INTEGER NOT NULL, kind INTEGER NOT NULL, reply INTEGER NOT NULL, head BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY(session, id));
        """;

    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    public void Insert(StoredSession session) => Run(
        "INSERT OR REPLACE INTO session VALUES($0, $1, $2, $3, $4, $5, 0, 0, 0, 0, 0, NULL)",
        session.Id,
        (long)session.Role,
        session.Address,
        session.Peer.SubjectPublicKeyInfo.ToArray(),
        session.Suite,
        session.Begun.ToString("O", CultureInfo.InvariantCulture));

    public void Update(string session, ulong accepted, ulong delivered, long deliveredBytes, ulong kept, long keptBytes) => Run(
        "UPDATE session SET accepted = $1, delivered = $2, delivered_bytes = $3, kept = $4, kept_bytes = $5 WHERE id = $0",
        session,
        (long)accepted,
        (long)delivered,
        deliveredBytes,
        (long)kept,
        keptBytes);

    public void End(string session, string reason, bool isDone)
    {
        Run("UPDATE session SET over = $1 WHERE id = $0", session, reason);
        if (isDone)
        {
            Run("DELETE FROM session WHERE id = $0 AND NOT EXISTS(SELECT 1 FROM outgoing WHERE session = $0) AND NOT EXISTS(SELECT 1 FROM incoming WHERE session = $0)", session);
        }
    }

    public void InsertOutgoing(string session, in OutgoingEntry entry)
    {
        // Of service messages the ids alone are kept.
        OutgoingMessage message = entry.Message.Kind == StationMessageKind.Service ? OutgoingMessage.Void : entry.Message;
        InsertMessage("outgoing", session, entry.Id, (long)message.Kind, message.InReplyTo, message.Headers, message.Body.Span);
    }

    public void InsertIncoming(string session, StationMessage message) =>
        InsertMessage("incoming", session, message.Id, (long)message.Kind, message.InReplyTo, message.Headers, message.BodyBytes.Span);

    public void DeleteOutgoing(string session, ulong upTo) => Run("DELETE FROM outgoing WHERE session = $0 AND id <= $1", session, (long)upTo);

    public void DeleteIncoming(string session, ulong id) => Run("DELETE FROM incoming WHERE session = $0 AND id = $1", session, (long)id);

    public IReadOnlyList<StoredSession> Load()
    {
        var sessions = new List<StoredSession>();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT id, role, address, peer, suite, begun, accepted, delivered, delivered_bytes, kept, kept_bytes, over FROM session ORDER BY begun";
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            string id = row.GetString(0);
            sessions.Add(new StoredSession
            {
                Id = id,
                Role = (StationRole)row.GetInt64(1),
                Address = row.GetString(2),
                Peer = StationPublicKey.FromSubjectPublicKeyInfo(row.GetFieldValue<byte[]>(3)),
                Suite = row.GetString(4),
                Begun = DateTimeOffset.Parse(row.GetString(5), CultureInfo.InvariantCulture),
                AcceptedId = (ulong)row.GetInt64(6),
                DeliveredId = (ulong)row.GetInt64(7),
                DeliveredBytes = row.GetInt64(8),
                KeptId = (ulong)row.GetInt64(9),
                KeptBytes = row.GetInt64(10),
                Over = row.IsDBNull(11) ? null : row.GetString(11),
                Outgoing = LoadMessages("outgoing", id),
                Incoming = LoadMessages("incoming", id),
            });
        }

        return sessions;
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values)
        {
            command.Dispose();
        }
    }

    private List<(ulong Id, OutgoingMessage Message)> LoadMessages(string table, string session)
    {
        var messages = new List<(ulong, OutgoingMessage)>();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT id, kind, reply, head, body FROM {table} WHERE session = $0 ORDER BY id";
        command.Parameters.AddWithValue("$0", session);
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            var id = (ulong)row.GetInt64(0);
            byte[] head = Open(row.GetFieldValue<byte[]>(3), table, session, id, "head");
            string[] names = JsonSerializer.Deserialize<string[]>(head) ?? [];
            messages.Add((id, new OutgoingMessage((StationMessageKind)row.GetInt64(1), Open(row.GetFieldValue<byte[]>(4), table, session, id, "body"))
            {
                InReplyTo = (ulong)row.GetInt64(2),
                Headers = [.. names.Chunk(2).Select(static pair => new KeyValuePair<string, string>(pair[0], pair[1]))],
            }));
        }

        return messages;
    }

    private void InsertMessage(string table, string session, ulong id, long kind, ulong reply, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body)
    {
        byte[] head = headers.Count == 0 ? "[]"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(headers.SelectMany(static header => new[] { header.Key, header.Value }));
        Run(
            table == "outgoing" ? "INSERT OR REPLACE INTO outgoing VALUES($0, $1, $2, $3, $4, $5)" : "INSERT OR REPLACE INTO incoming VALUES($0, $1, $2, $3, $4, $5)",
            session,
            (long)id,
            kind,
            (long)reply,
            Seal(head, table, session, id, "head"),
            Seal(body, table, session, id, "body"));
    }

    private byte[] Seal(ReadOnlySpan<byte> value, string table, string session, ulong id, string column) =>
        cipher is null ? value.ToArray() : cipher.Seal(value, $"{table}|{session}|{id}|{column}");

    private byte[] Open(byte[] value, string table, string session, ulong id, string column)
    {
        try
        {
            return cipher is null ? value : cipher.Open(value, $"{table}|{session}|{id}|{column}");
        }
        catch (CryptographicException e)
        {
            throw StateErrors.Failed(connection.DataSource, "is damaged: a message in it cannot be read.", e);
        }
    }

    private void Run(string sql, params ReadOnlySpan<object> values)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (int i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"${i}"), null));
            }

            _commands[sql] = command;
        }

        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }
}
