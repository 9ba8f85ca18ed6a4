using SecureStation.Core.Sealing;

namespace SecureStation.Core.Mailboxes;

/// <summary>What was put into a mailbox.</summary>
/// <param name="Id">The message's id, the same in every copy.</param>
/// <param name="To">For whom.</param>
/// <param name="ExpiresAt">Until when it is given out.</param>
/// <param name="Secrecy">What keeps it secret.</param>
/// <param name="Length">Bytes of the body.</param>
public sealed record SentMail(string Id, IReadOnlyList<string> To, DateTimeOffset ExpiresAt, SealSecrecy Secrecy, int Length);
