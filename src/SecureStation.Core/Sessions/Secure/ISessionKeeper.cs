namespace SecureStation.Core.Sessions.Secure;

/// <summary>Who keeps a responder's sessions over a cut. Called without a lock.</summary>
internal interface ISessionKeeper
{
    /// <summary>A session is about to begin: its initiator may come back for it from now on.</summary>
    void Add(SecureSession session);

    /// <summary>What writes a new session down, where sessions outlive the process; else null.</summary>
    State.SessionJournal? CreateJournal();

    /// <summary>The session that an initiator would go on with; null: the reason to refuse it, and the last message that a session which has ended had.</summary>
    (SecureSession? Session, StationReason Refusal, ulong LastId) Find(ResumeAnswer asked);

    /// <summary>The session was cut, goes on, has ended, or holds more than before while it is cut: which of it, the session says.</summary>
    void Changed(SecureSession session);
}
