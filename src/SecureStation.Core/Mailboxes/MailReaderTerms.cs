using SecureStation.Core.Keys;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Mailboxes;

/// <summary>How a consumer reads a box.</summary>
public sealed record MailReaderTerms
{
    /// <summary>The identity's address in mailboxes, as its card says.</summary>
    public required string Box { get; init; }

    /// <summary>The sealing keys.</summary>
    public required IReadOnlyList<SealIdentity> Identities { get; init; }

    /// <summary>The name of a sender who may send now; null of another. Asked for each message when it is its turn.</summary>
    public required Func<StationPublicKey, string?> FindSender { get; init; }

    /// <summary>
    /// Whether this consumer has every key that the identity's newest card names. Only then is what it cannot open made a dead letter; else it is given back
    /// for others.
    /// </summary>
    public bool HasNewestKeys { get; init; }

    /// <summary>Gives what unknown senders sent, marked: not verified.</summary>
    public bool AllowUnknownSender { get; init; }

    /// <summary>How often a message is given to a script before it is a dead letter.</summary>
    public int MaxDeliveries { get; init; } = 5;

    /// <summary>How many letters are fetched while a script works on one.</summary>
    public int Prefetch { get; init; } = 1;

    /// <summary>How long messages that were given out and not confirmed are still held after the receiver's end: for scripts that confirm later.</summary>
    public TimeSpan HoldAfterwards { get; init; }

    /// <summary>Records of this machine's own, so that the mailbox cannot have messages given out again by forgetting; null for none.</summary>
    public IMailRecords? ReplayStore { get; init; }

    /// <summary>Reads the dead letters instead.</summary>
    public MailState State { get; init; } = MailState.Waiting;

    /// <summary>The clock that expiry goes by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of each letter that was not given out, and why; on any thread.</summary>
    public Action<StationException> Report { get; init; } = static _ => { };
}
