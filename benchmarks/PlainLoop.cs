using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SecureStation.Benchmarks;

/// <summary>What a script would write that keeps a queue in SQLite at both ends, and nothing else: no session, no encryption, one thread.</summary>
internal static class PlainLoop
{
    public static void Run(string folder, int count, int batch, int size)
    {
        using var sender = new Table(Path.Combine(folder, "plain-sender.db"));
        using var receiver = new Table(Path.Combine(folder, "plain-receiver.db"));
        byte[] body = new byte[size];
        for (int first = 1; first <= count; first += batch)
        {
            int end = Math.Min(count + 1, first + batch);
            sender.Commit(first, end, id => sender.Insert(id, body));
            receiver.Commit(first, end, id => receiver.Insert(id, body));
            receiver.Commit(first, end, receiver.Mark);
            sender.Commit(first, end, sender.Delete);
            receiver.Commit(first, end, receiver.Delete);
        }
    }

    private sealed class Table : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _insert;
        private readonly SqliteCommand _mark;
        private readonly SqliteCommand _delete;

        public Table(string path)
        {
            _connection = new SqliteConnection($"Data Source={path};Pooling=False");
            _connection.Open();
            Prepare("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; DROP TABLE IF EXISTS message; CREATE TABLE message(id INTEGER PRIMARY KEY, state INTEGER, body BLOB)", 0).ExecuteNonQuery();
            _insert = Prepare("INSERT INTO message VALUES($0, 0, $1)", 2);
            _mark = Prepare("UPDATE message SET state = 1 WHERE id = $0", 1);
            _delete = Prepare("DELETE FROM message WHERE id = $0", 1);
        }

        public void Commit(int first, int end, Action<int> row)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            _insert.Transaction = _mark.Transaction = _delete.Transaction = transaction;
            for (int id = first; id < end; id++)
            {
                row(id);
            }

            transaction.Commit();
        }

        public void Insert(int id, byte[] body)
        {
            _insert.Parameters[1].Value = body;
            Run(_insert, id);
        }

        public void Mark(int id) => Run(_mark, id);

        public void Delete(int id) => Run(_delete, id);

        public void Dispose()
        {
            _insert.Dispose();
            _mark.Dispose();
            _delete.Dispose();
            _connection.Dispose();
        }

        private static void Run(SqliteCommand command, int id)
        {
            command.Parameters[0].Value = (long)id;
            command.ExecuteNonQuery();
        }

        private SqliteCommand Prepare(string sql, int parameters)
        {
            SqliteCommand command = _connection.CreateCommand();
            command.CommandText = sql;
            for (int i = 0; i < parameters; i++)
            {
                command.Parameters.Add(new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"${i}"), null));
            }

            return command;
        }
    }
}
