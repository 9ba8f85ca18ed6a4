namespace SecureStation.Core.State;

/// <summary>Who writes down what journals have: a state, whose commits come a moment later. A journal owns one use of it.</summary>
internal interface IJournalWriter
{
    /// <summary>A new session is in it.</summary>
    void Use(SessionKey session);

    /// <summary>Nobody in this process has this session any more: who comes for it takes it out again.</summary>
    /// <param name="session">The session; null for one that never began.</param>
    /// <param name="taken">What it gave out and could not write down: ranges of ids.</param>
    void Leave(SessionKey? session, IReadOnlyList<(ulong First, ulong Last)> taken);

    /// <summary>A journal has something to write. Waits for nothing.</summary>
    void Wake(SessionJournal journal, bool isUrgent);

    /// <summary>The journal's use of it is over. The last one closes it, which may wait.</summary>
    void Release();
}
