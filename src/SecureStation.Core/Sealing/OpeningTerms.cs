using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Sealing;

/// <summary>What the reader of a sealed message brings and demands.</summary>
public sealed record OpeningTerms
{
    /// <summary>The largest body of a message that is held in memory: that of a session's message, 16 MiB.</summary>
    public const long DefaultMaxBodyLength = 16 * 1024 * 1024;

    /// <summary>Who opens: sealing keys (<see cref="StationSealingKeys.ToIdentities"/>), age or ssh identities, passphrases.</summary>
    public required IReadOnlyList<SealIdentity> Identities { get; init; }

    /// <summary>Whether these are all the keys that the reader ever had, so that what none of them opens was sealed for others.</summary>
    public bool AreComplete { get; init; }

    /// <summary>The name of a sender whose messages are taken; null of another. Asked with the key in the head, before the signature is known to be right.</summary>
    public required Func<StationPublicKey, string?> FindSender { get; init; }

    /// <summary>Takes messages of senders that <see cref="FindSender"/> does not know, marked: not verified.</summary>
    public bool AllowUnknownSender { get; init; }

    /// <summary>Takes messages without a sender, marked: not verified.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Refuses messages that never expire, as in a mailbox.</summary>
    public bool RequireExpiry { get; init; }

    /// <summary>The time by which messages have expired.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>The largest body, in bytes.</summary>
    public long MaxBodyLength { get; init; } = DefaultMaxBodyLength;

    internal IReadOnlyList<AgeIdentity> AgeIdentities => [.. Identities.Select(static one => one.Identity)];

    /// <summary>Refuses by what the head claims, before anything costly: own recipient named, sender known, not expired. Returns the sender's name, if it has one.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotARecipient"/>, <see cref="StationFault.PeerUntrusted"/>, <see cref="StationFault.MessageExpired"/></exception>
    internal string? Check(SealedHead head, SealSecrecy secrecy)
    {
        RequireNamed(head, secrecy);
        string? peer = head.Sender is null ? null : FindSender(head.Sender);
        if (head.Sender is null && !AllowAnonymous)
        {
            throw new StationException(StationFault.PeerUntrusted, "The sealed message is anonymous: nobody says who made it.") { Subject = StationSubject.Anonymous };
        }

        if (head.Sender is { } sender && peer is null && !AllowUnknownSender)
        {
            throw new StationException(StationFault.PeerUntrusted, $"The sealed message says that it is from {sender}, whom no peer's record names.")
            {
                PeerFingerprint = sender.ToString(),
                Subject = StationSubject.SealedMessage,
            };
        }

        if (head.ExpiresAt is null && RequireExpiry)
        {
            throw SealErrors.Broken("it does not say when it expires");
        }

        if (Now > head.ExpiresAt)
        {
            throw new StationException(StationFault.MessageExpired, $"The sealed message expired at {head.ExpiresAt:u}.") { PeerFingerprint = head.Sender?.ToString() };
        }

        return peer;
    }

    // Who opens with a passphrase is named nowhere, and a message for named recipients that comes under a passphrase was sealed anew by one of them.
    private void RequireNamed(SealedHead head, SealSecrecy secrecy)
    {
        bool isNamed = secrecy == SealSecrecy.Passphrase
            ? head.Recipients.Count == 0
            : Identities.Any(one => one.Names.Any(name => head.Recipients.Contains(name, StringComparer.Ordinal)));
        if (!isNamed)
        {
            throw new StationException(StationFault.NotARecipient, "The sealed message does not name you: it was sealed for others, and somebody has sealed it again.")
            {
                PeerFingerprint = head.Sender?.ToString(),
            };
        }
    }
}
