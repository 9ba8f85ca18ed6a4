using System.Security.Cryptography;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing;

/// <summary>What the sender of a sealed message decides.</summary>
public sealed record SealingTerms
{
    /// <summary>The identity that signs; null leaves the message anonymous. It is never chosen for the caller.</summary>
    public required StationKeyPair? Sender { get; init; }

    /// <summary>For whom; the same one twice counts once. Empty exactly where there is a passphrase.</summary>
    public IReadOnlyList<SealRecipient> Recipients { get; init; } = [];

    /// <summary>Seals with a passphrase (scrypt) instead of for recipients. What is signed then names nobody: whoever opens it can pass it on.</summary>
    public SealPassphrase? Passphrase { get; init; }

    /// <summary>Seals for all with X25519, RSA or ssh keys where not all have hybrid ones.</summary>
    public bool AllowClassical { get; init; }

    /// <summary>What the body is.</summary>
    public SealedKind Kind { get; init; } = SealedKind.Bytes;

    /// <summary>Names and values, each name once: 64 at most, 64 KiB in all.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>When it is sealed.</summary>
    public DateTimeOffset SentAt { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>When it stops to be taken; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Further members of the head; each name begins with <c>x-</c>.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = new Dictionary<string, string>();

    /// <summary>The message's id, 32 hexadecimal digits; 16 random bytes. Give one only to seal the same message again.</summary>
    public string Id { get; init; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SealedHead.IdLength));

    /// <summary>What will keep the message secret.</summary>
    /// <exception cref="StationException"><see cref="StationFault.MixedRecipients"/>, <see cref="StationFault.InvalidArgument"/></exception>
    public SealSecrecy GetSecrecy() => RecipientChoice.Of(this).Secrecy;

    /// <summary>The head of the message.</summary>
    internal SealedHead ToHead() => new()
    {
        Id = Id,
        Sender = Sender?.PublicKey,
        Recipients = Passphrase is null ? [.. Recipients.Select(static one => one.Name).Distinct(StringComparer.Ordinal)] : [],
        Kind = Kind,
        Headers = Headers,
        SentAt = SentAt,
        ExpiresAt = ExpiresAt,
        Extensions = Extensions,
    };
}
