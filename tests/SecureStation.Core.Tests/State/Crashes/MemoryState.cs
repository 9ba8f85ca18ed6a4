using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SecureStation.Core.State;

namespace SecureStation.Core.Tests.State.Crashes;

/// <summary>The tables of a state in memory, which a test commits, and which survive what a test calls the end of a process.</summary>
internal sealed class MemoryState : IJournalWriter, IDisposable
{
    private static readonly ConcurrentBag<MemoryState> s_spare = [];

    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    private MemoryState()
    {
        _connection.Open();
        Run(StateTables.Schema);
        Tables = new StateTables(_connection, cipher: null);
    }

    public StateTables Tables { get; }

    /// <summary>An empty one; making one anew for each of many runs would take most of their time.</summary>
    public static MemoryState Rent() => s_spare.TryTake(out MemoryState? spare) ? spare : new MemoryState();

    /// <summary>Empties it for the next run.</summary>
    public void Dispose()
    {
        Run("DELETE FROM session; DELETE FROM outgoing; DELETE FROM incoming;");
        s_spare.Add(this);
    }

    /// <summary>A session is in it that so many messages have gone through.</summary>
    public void Begin(StoredSession session, ulong sent, ulong received) => Tables.Update(
        Tables.Insert(session), new JournalProgress { AcceptedId = sent, DeliveredId = sent, GivenId = GivenSteps.End(received) }, received, keptBytes: 0);

    /// <summary>Writes all that a journal has; false: the process dies before it is committed.</summary>
    public void Write(SessionJournal journal, bool commits)
    {
        Tables.Begin();
        journal.Write(Tables);
        if (commits)
        {
            Tables.Commit();
        }
        else
        {
            Tables.Rollback();
        }
    }

    /// <summary>The one session in it; null: none was committed.</summary>
    public StoredSession? Load() => Tables.List() is [{ } session] ? Tables.Load(session) : null;

    void IJournalWriter.Use(SessionKey session)
    {
    }

    void IJournalWriter.Leave(SessionKey? session, IReadOnlyList<(ulong First, ulong Last)> taken)
    {
    }

    // Tests say when.
    void IJournalWriter.Wake(SessionJournal journal, bool isUrgent)
    {
    }

    // A journal has let go of it; the test has not.
    void IJournalWriter.Release()
    {
    }

    private void Run(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
