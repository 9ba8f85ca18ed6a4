using System.Security.Cryptography;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Sealing;

/// <summary>Somebody for whom messages are sealed: a station by its card, or an age recipient or ssh key as they stand. Immutable.</summary>
public sealed class SealRecipient
{
    private const int ShownCharacters = 24;

    private readonly AgeRecipient? _hybrid;
    private readonly AgeRecipient? _classical;

    private SealRecipient(string name, string label, AgeRecipient? hybrid, AgeRecipient? classical)
    {
        Name = name;
        Label = label;
        _hybrid = hybrid;
        _classical = classical;
    }

    /// <summary>How the head names it: <c>SHA256:…</c> of an identity or ssh key, or <c>age:</c> and a hash.</summary>
    public string Name { get; }

    /// <summary>What people call it: a peer's name, or how the text begins.</summary>
    public string Label { get; }

    /// <summary>The card that it comes from; null for an age recipient or ssh key.</summary>
    public StationCard? Card { get; private init; }

    /// <summary>Whether one can seal for it so that quantum computers do not open it.</summary>
    public bool IsHybrid => _hybrid is not null;

    /// <summary>The age recipient of the one way or the other; null where there is none.</summary>
    internal AgeRecipient? Get(SealSecrecy secrecy) => secrecy == SealSecrecy.Hybrid ? _hybrid : _classical;

    /// <summary>The station that a card speaks for. Whether that is who it should be, the caller knows: by the trust store as a rule.</summary>
    /// <exception cref="StationException"><see cref="StationFault.CardExpired"/>, <see cref="StationFault.CardNotYetValid"/></exception>
    public static SealRecipient Of(StationCard card, string? label, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(card);
        card.RequireValid(now);
        AgeRecipient[] recipients = [.. card.Recipients.Select(AgeRecipient.Parse)];
        return new SealRecipient(
            card.Fingerprint.Text,
            label ?? card.Fingerprint.Text,
            recipients.FirstOrDefault(static one => one.IsPostQuantum),
            recipients.FirstOrDefault(static one => !one.IsPostQuantum))
        {
            Card = card,
        };
    }

    /// <summary>A peer, by the card in its record.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NoCard"/>, <see cref="StationFault.CardExpired"/>, <see cref="StationFault.CardNotYetValid"/></exception>
    public static SealRecipient Of(PeerRecord peer, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return peer.Card is { } card
            ? Of(card, peer.Name, now)
            : throw new StationException(StationFault.NoCard, $"There is no card of '{peer.Name}', so nothing can be sealed for it.") { PeerFingerprint = peer.Fingerprint.ToString() };
    }

    /// <summary>Whether a text is for <see cref="Parse"/>, and not somebody's name.</summary>
    public static bool IsLiteral(string? text) =>
        text is not null && (text.StartsWith("age1", StringComparison.OrdinalIgnoreCase) || text.StartsWith("ssh-", StringComparison.Ordinal) || SigningOnly(text) is not null);

    /// <summary>An age recipient, <c>age1…</c> or <c>age1pq1…</c>, or the line of an ssh public key, <c>ssh-ed25519 …</c> or <c>ssh-rsa …</c>.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    public static SealRecipient Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        if (trimmed.StartsWith("ssh-", StringComparison.Ordinal))
        {
            return OfSsh(StationPublicKey.FromOpenSsh(trimmed));
        }

        if (SigningOnly(trimmed) is { } type)
        {
            throw new StationException(
                StationFault.InvalidKey,
                $"Nothing can be sealed for a key of the type {type}: it only signs. Of ssh keys, ssh-ed25519 and ssh-rsa can receive; a station receives by its card, others by age1… or age1pq1….");
        }

        AgeRecipient recipient = AgeRecipient.Parse(trimmed);
        string canonical = recipient.ToString()!;
        string label = string.Concat(canonical.AsSpan(0, ShownCharacters), "…");
        return new SealRecipient(RecipientName.OfAge(canonical), label, recipient.IsPostQuantum ? recipient : null, recipient.IsPostQuantum ? null : recipient);
    }

    /// <inheritdoc/>
    public override string ToString() => Label;

    // The type of an ssh line that is no recipient of age: ECDSA, and keys on a device (sk-ssh-ed25519@openssh.com AAAA…). No peer's name has a blank.
    private static string? SigningOnly(string text) =>
        text.TrimStart().Split(' ', 2) is [var type, _] && (type.StartsWith("ecdsa-", StringComparison.Ordinal) || type.StartsWith("sk-", StringComparison.Ordinal)) ? type : null;

    private static SealRecipient OfSsh(StationPublicKey key)
    {
        AgeRecipient recipient;
        if (key.Algorithm == StationKeyAlgorithm.Rsa)
        {
            using RSA rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(key.SubjectPublicKeyInfo.Span, out _);
            recipient = new SshRsaRecipient(rsa);
        }
        else
        {
            // The key is the end of its SubjectPublicKeyInfo (RFC 8410, section 4).
            recipient = new SshEd25519Recipient(key.SubjectPublicKeyInfo.Span[^Ed25519.PublicKeySize..]);
        }

        return new SealRecipient(key.Fingerprint.Text, key.Fingerprint.Text, hybrid: null, recipient);
    }
}
