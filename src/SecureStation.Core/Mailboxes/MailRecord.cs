namespace SecureStation.Core.Mailboxes;

/// <summary>What is known of a message's deliveries.</summary>
/// <param name="IsNew">Whether this call made the record: only who made it gives the message out unmarked.</param>
/// <param name="IsDone">Whether a consumer has finished with it.</param>
/// <param name="Attempts">How often it was given to a script, this time included where the record is new.</param>
/// <param name="Revision">The engine's, for changes that none may overtake.</param>
public readonly record struct MailRecord(bool IsNew, bool IsDone, int Attempts, ulong Revision = 0);
