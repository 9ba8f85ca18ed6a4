namespace SecureStation.Core.State;

/// <summary>Whom a journal tells what has become durable. Called by the state's writer.</summary>
internal interface IJournalOwner
{
    /// <summary>A commit is done.</summary>
    /// <param name="storedId">The last outgoing message in it; 0 for none.</param>
    /// <param name="keptId">The last incoming message in it; 0 for none.</param>
    /// <param name="takenBytes">Body bytes of the messages that were taken.</param>
    /// <param name="takenOverhead">What those cost beside their bodies.</param>
    void OnCommitted(ulong storedId, ulong keptId, long takenBytes, long takenOverhead);

    /// <summary>Nothing becomes durable any more.</summary>
    void OnStateFailed(StationException failure);
}
