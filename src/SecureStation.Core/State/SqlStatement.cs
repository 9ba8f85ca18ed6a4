using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SecureStation.Core.State;

/// <summary>
/// A statement that is prepared at its first use and run for each row: what an ADO command costs beside SQLite's own work is as much again.
/// One that is not disposed of keeps the file locked.
/// </summary>
internal sealed class SqlStatement(SqliteConnection connection, string sql) : IDisposable
{
    private sqlite3_stmt? _prepared;

    private sqlite3_stmt Statement => _prepared ?? Prepare();

    /// <summary>Prepares it.</summary>
    /// <exception cref="SqliteException">It does not fit what the file has.</exception>
    public sqlite3_stmt Prepare()
    {
        Require(raw.sqlite3_prepare_v2(connection.Handle, sql, out _prepared));
        return _prepared;
    }

    /// <summary>Says what stands at a place, counted from 1; it stays until it is said anew.</summary>
    public SqlStatement Bind(int place, long value)
    {
        Require(raw.sqlite3_bind_int64(Statement, place, value));
        return this;
    }

    /// <inheritdoc cref="Bind(int, long)"/>
    public SqlStatement Bind(int place, string value)
    {
        Require(raw.sqlite3_bind_text(Statement, place, value));
        return this;
    }

    /// <inheritdoc cref="Bind(int, long)"/>
    public SqlStatement Bind(int place, ReadOnlySpan<byte> value)
    {
        // An empty span would be NULL.
        Require(value.IsEmpty ? raw.sqlite3_bind_zeroblob(Statement, place, 0) : raw.sqlite3_bind_blob(Statement, place, value));
        return this;
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="SqliteException">It failed; nothing of it is done.</exception>
    public void Run()
    {
        int result = raw.sqlite3_step(Statement);

        // Says the same again where it failed, and lets go of the transaction's locks.
        raw.sqlite3_reset(Statement);
        Require(result);
    }

    public void Dispose() => _prepared?.Dispose();

    private void Require(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(result, connection.Handle);
        }
    }
}
