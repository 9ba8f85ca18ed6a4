namespace SecureStation;

/// <summary>How much lies in a station's box. What the engine does not tell is null.</summary>
/// <param name="Mailbox">The mailbox's address.</param>
/// <param name="Name">Whose box.</param>
/// <param name="Waiting">Messages that nobody holds.</param>
/// <param name="Leased">Messages that a consumer holds.</param>
/// <param name="Dead">Dead letters.</param>
/// <param name="Box">The box.</param>
public sealed record MailboxStatus(string Mailbox, string Name, long? Waiting, long? Leased, long? Dead, string Box);
