using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing;

/// <summary>What a sealed message says of itself, before its body. Nothing of it is proven until the signature after the body is.</summary>
public sealed record SealedHead
{
    /// <summary>Bytes in an id.</summary>
    public const int IdLength = 16;

    /// <summary>The largest head, in bytes of JSON.</summary>
    internal const int MaxLength = 128 * 1024;

    /// <summary>The most recipients: as many as an age file has stanzas.</summary>
    internal const int MaxRecipients = 128;

    /// <summary>What tells it from all others of its sender: 32 hexadecimal digits of 16 random bytes.</summary>
    public required string Id { get; init; }

    /// <summary>The identity that signs; null where it is anonymous.</summary>
    public StationPublicKey? Sender { get; init; }

    /// <summary>For whom: <c>SHA256:…</c> of an identity or ssh key, or <c>age:…</c> of an age recipient. Empty where it is sealed with a passphrase.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>What the body is.</summary>
    public required SealedKind Kind { get; init; }

    /// <summary>Names and values, each name once: 64 at most, 64 KiB in all.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>When it was sealed, as its sender says (UTC, milliseconds).</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>When it stops to be taken (UTC, milliseconds); null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Further members whose names begin with <c>x-</c> and whose values are text.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = new Dictionary<string, string>();

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
