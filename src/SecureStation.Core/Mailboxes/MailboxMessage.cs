using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;

namespace SecureStation.Core.Mailboxes;

/// <summary>
/// A message out of a mailbox, held under a lease until it is confirmed or denied. Of a dead letter that cannot be opened only <see cref="Reason"/> is known.
/// </summary>
public sealed class MailboxMessage
{
    private readonly MailHold _hold;

    internal MailboxMessage(MailHold hold, SealedMessage? message, int attempt, bool isRedelivered)
    {
        _hold = hold;
        Message = message;
        Attempt = attempt;
        Redelivered = isRedelivered;
    }

    /// <summary>The sealed message that was opened; null of a dead letter that could not be.</summary>
    public SealedMessage? Message { get; }

    /// <summary>The message's id, 32 hexadecimal digits; null where it could not be opened.</summary>
    public string? Id => Message?.Id;

    /// <summary>The name of the peer that signed it, or the fingerprint of an unknown one.</summary>
    public string? Peer => Message?.Peer;

    /// <summary>The sender's fingerprint.</summary>
    public Fingerprint? Fingerprint => Message?.Fingerprint;

    /// <summary>Whether a peer that may send has signed it.</summary>
    public bool Verified => Message?.Verified ?? false;

    /// <summary>What the body is.</summary>
    public SealedKind? Kind => Message?.Kind;

    /// <summary>The body: a string for text, a byte[] for bytes.</summary>
    public object? Body => Message?.Body;

    /// <summary>Set where the body is not what its kind says.</summary>
    public StationFault? Error => Message?.Error;

    /// <summary>Bytes of the body.</summary>
    public int Length => Message?.Length ?? 0;

    /// <summary>Names and values that came before the body.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => Message?.Headers ?? [];

    /// <summary>The id of the message that it answers; null for none.</summary>
    public string? InReplyTo => Message?.Origin.Head.Extensions.GetValueOrDefault(OutgoingMail.InReplyToMember);

    /// <summary>What keeps it secret.</summary>
    public SealSecrecy? Secrecy => Message?.Secrecy;

    /// <summary>When it was sealed, as its sender says (UTC).</summary>
    public DateTimeOffset? SentAt => Message?.SentAt;

    /// <summary>Until when it is given out (UTC).</summary>
    public DateTimeOffset? ExpiresAt => Message?.ExpiresAt;

    /// <summary>Whether it may have been given out before: a consumer that began with it did not confirm it, or it came twice.</summary>
    public bool Redelivered { get; }

    /// <summary>How often it was given out, this time included; of a dead letter, before it died.</summary>
    public int Attempt { get; }

    /// <summary>Why it is a dead letter; null of mail.</summary>
    public string? Reason => _hold.Lease.Reason;

    /// <summary>Whether this consumer still holds it.</summary>
    public bool IsHeld => _hold.Lease.IsHeld;

    /// <summary>The mailbox that it is from.</summary>
    public IStationMailbox Mailbox => _hold.Mailbox;

    /// <summary>It is done: written down, and removed. Of a dead letter: removed.</summary>
    /// <exception cref="StationException"><see cref="StationFault.LeaseLost"/>: nothing was done; <see cref="StationFault.MailboxUnavailable"/>: it may be tried again.</exception>
    public Task ConfirmAsync(CancellationToken cancellationToken) => _hold.ConfirmAsync(cancellationToken);

    /// <summary>Gives it back, to be given out again. Of a dead letter: puts it back into the mail, with its attempts counted anew.</summary>
    /// <param name="delay">How long nobody shall be given it, where the mailbox can do that; else this consumer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="ConfirmAsync" path="/exception"/>
    public Task DenyAsync(TimeSpan delay, CancellationToken cancellationToken) => _hold.DenyAsync(delay, cancellationToken);

    /// <summary>Gives it back as it was, to whoever asks next: a dead letter stays one.</summary>
    /// <inheritdoc cref="ConfirmAsync" path="/exception"/>
    public Task ReleaseAsync(CancellationToken cancellationToken) => _hold.ReleaseAsync(cancellationToken);

    /// <summary>A copy whose body a host has read.</summary>
    public MailboxMessage WithBody(object? body, StationFault? error = null) => new(_hold, Message?.WithBody(body, error), Attempt, Redelivered);

    /// <inheritdoc/>
    public override string ToString() => Message?.ToString() ?? $"dead letter: {Reason}";
}
