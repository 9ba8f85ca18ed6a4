using System.Text.Json;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Messages;

namespace SecureStation.Core.State;

/// <summary>One of the two tables of messages of a state.</summary>
internal sealed class StoredMessages(SqliteConnection connection, StateCipher? cipher, string table) : IDisposable
{
    private readonly SqlStatement _insert = new(connection, $"INSERT OR REPLACE INTO {table} VALUES(?, ?, ?, ?, ?, ?)");
    private readonly SqlStatement _delete = new(connection, $"DELETE FROM {table} WHERE session = ? AND id BETWEEN ? AND ?");

    public void Prepare()
    {
        _insert.Prepare();
        _delete.Prepare();
    }

    public void Insert(StoredName session, ulong id, StationMessageKind kind, ulong reply, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> head = headers.Count == 0 ? "[]"u8 : JsonSerializer.SerializeToUtf8Bytes(headers.SelectMany(static header => new[] { header.Key, header.Value }));
        _insert.Bind(1, session.Number).Bind(2, (long)id).Bind(3, (long)kind).Bind(4, (long)reply)
            .Bind(5, Seal(head, session, id, "head")).Bind(6, Seal(body, session, id, "body")).Run();
    }

    public void Delete(StoredName session, ulong first, ulong last) => _delete.Bind(1, session.Number).Bind(2, (long)first).Bind(3, (long)last).Run();

    public IReadOnlyList<(ulong Id, OutgoingMessage Message)> Load(StoredName session)
    {
        var messages = new List<(ulong, OutgoingMessage)>();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT id, kind, reply, head, body FROM {table} WHERE session = $0 ORDER BY id";
        command.Parameters.AddWithValue("$0", session.Number);
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            var id = (ulong)row.GetInt64(0);
            string[] names = JsonSerializer.Deserialize<string[]>(Open(row.GetFieldValue<byte[]>(3), session, id, "head")) ?? [];
            messages.Add((id, new OutgoingMessage((StationMessageKind)row.GetInt64(1), Open(row.GetFieldValue<byte[]>(4), session, id, "body"))
            {
                InReplyTo = (ulong)row.GetInt64(2),
                Headers = [.. names.Chunk(2).Select(static pair => new KeyValuePair<string, string>(pair[0], pair[1]))],
            }));
        }

        return messages;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _delete.Dispose();
    }

    private ReadOnlySpan<byte> Seal(ReadOnlySpan<byte> value, StoredName session, ulong id, string column) =>
        cipher is null ? value : cipher.Seal(value, Place(session, id, column));

    private byte[] Open(byte[] value, StoredName session, ulong id, string column) =>
        cipher is null ? value : cipher.Open(value, Place(session, id, column));

    private string Place(StoredName session, ulong id, string column) => $"{table}|{session.Id}|{id}|{column}";
}
