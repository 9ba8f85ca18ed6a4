namespace SecureStation.Core.Mailboxes;

/// <summary>How much lies in a box; null where the engine does not tell.</summary>
/// <param name="Waiting">Letters that nobody holds.</param>
/// <param name="Leased">Letters that a consumer holds, or held until it went away.</param>
/// <param name="Dead">Dead letters.</param>
public readonly record struct MailboxCounts(long? Waiting, long? Leased, long? Dead);
