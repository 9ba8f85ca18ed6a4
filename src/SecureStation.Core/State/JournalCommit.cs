namespace SecureStation.Core.State;

/// <summary>What has become durable of a session by one commit.</summary>
/// <param name="StoredId">The last outgoing message in it; 0 for none.</param>
/// <param name="KeptId">The last incoming message in it; 0 for none.</param>
/// <param name="GivenId">Messages up to this one may be given out: after a restart they are marked if they are still there.</param>
/// <param name="TakenBytes">Body bytes of the messages that were taken.</param>
/// <param name="TakenOverhead">What those cost beside their bodies.</param>
internal readonly record struct JournalCommit(ulong StoredId, ulong KeptId, ulong GivenId, long TakenBytes, long TakenOverhead);
