using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;

namespace SecureStation.Core.Mailboxes;

/// <summary>A message for stations that are not there.</summary>
public sealed record OutgoingMail
{
    /// <summary>How long mail is good for where nothing is said.</summary>
    public static readonly TimeSpan DefaultLife = TimeSpan.FromDays(7);

    /// <summary>The longest life of mail: the records of what was given out are kept as long.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    /// <summary>The head's member that names the message which is answered.</summary>
    internal const string InReplyToMember = "x-in-reply-to";

    /// <summary>The identity that signs.</summary>
    public required StationKeyPair Sender { get; init; }

    /// <summary>For whom: stations with cards, which name their boxes.</summary>
    public required IReadOnlyList<SealRecipient> Recipients { get; init; }

    /// <summary>What the body is.</summary>
    public required SealedKind Kind { get; init; }

    /// <summary>The body: 16 MiB at most.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Names and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>How long it is good for: more than nothing, 30 days at most; never longer than a recipient's card. Null: 7 days.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>Seals classically for all where one has no hybrid key.</summary>
    public bool AllowClassical { get; init; }

    /// <summary>The id of the message that it answers; null for none.</summary>
    public string? InReplyTo { get; init; }
}
