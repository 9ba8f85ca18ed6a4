namespace SecureStation.Core.State;

/// <summary>Whom a journal tells what has become durable. Called by the state's writer.</summary>
internal interface IJournalOwner
{
    /// <summary>A commit is done.</summary>
    void OnCommitted(in JournalCommit commit);

    /// <summary>Nothing becomes durable any more.</summary>
    void OnStateFailed(StationException failure);
}
