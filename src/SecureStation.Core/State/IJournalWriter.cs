namespace SecureStation.Core.State;

/// <summary>Who writes down what journals have: a state, whose commits come a moment later. A journal owns one use of it.</summary>
internal interface IJournalWriter : IDisposable
{
    /// <summary>A new session is in it.</summary>
    void Use(SessionKey session);

    /// <summary>Nobody in this process has this session any more: who comes for it takes it out again.</summary>
    void Leave(SessionKey? session);

    /// <summary>A journal has something to write. Waits for nothing.</summary>
    void Wake(SessionJournal journal, bool isUrgent);
}
