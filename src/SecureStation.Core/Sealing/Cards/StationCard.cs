using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>
/// What a sender must know of a station that is not there: its sealing keys and its box in mailboxes, signed by its identity. That a card
/// was read proves that it is its own key's, and nothing of whose key that is: the identity is pinned as any key is. Immutable.
/// </summary>
/// <remarks>
/// In binary (docs/protocol/sealed.md), numbers big-endian:
/// <code>
/// u32 length | statement       JSON (see CardStatement), 16 KiB at most
/// signature                    the rest, 1,024 bytes at most: the identity's, purpose card, over the statement's exact bytes
/// </code>
/// As text it is that in one PEM block, <c>STATION CARD</c>.
/// </remarks>
public sealed class StationCard : IEquatable<StationCard>
{
    /// <summary>How long a new card is good for.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    /// <summary>How far a reader's clock may be off.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    /// <summary>The label of its PEM block.</summary>
    internal const string Label = "STATION CARD";

    private const int MaxTextLength = 64 * 1024;
    private static readonly TimeSpan s_backdating = TimeSpan.FromHours(1);

    private readonly byte[] _statement;
    private readonly byte[] _signature;
    private readonly CardStatement _content;

    private StationCard(byte[] statement, byte[] signature, CardStatement content)
    {
        _statement = statement;
        _signature = signature;
        _content = content;
    }

    /// <summary>The identity that signed it, and that it speaks for.</summary>
    public StationPublicKey PublicKey => _content.Identity;

    /// <summary>The fingerprint of the identity.</summary>
    public Fingerprint Fingerprint => PublicKey.Fingerprint;

    /// <summary>The sealing keys as age recipients: <c>age1pq1…</c> (hybrid) and <c>age1…</c> (X25519).</summary>
    public IReadOnlyList<string> Recipients => _content.Recipients;

    /// <summary>The address in mailboxes: 32 characters of lower-case base32, 20 random bytes that stay with the identity.</summary>
    public string Box => _content.Box;

    /// <summary>From when it is good: an hour before it was made.</summary>
    public DateTimeOffset NotBefore => _content.NotBefore;

    /// <summary>Until when it is good.</summary>
    public DateTimeOffset NotAfter => _content.NotAfter;

    /// <summary>When it was made in Unix milliseconds, and more than any before: of two cards of one identity the higher is newer.</summary>
    public long Serial => _content.Serial;

    /// <summary>The name of the peer whose identity it is, where a trust store was asked (<see cref="WithPeer"/>); null elsewhere.</summary>
    public string? Peer { get; private init; }

    /// <summary>Whether a trust store was asked and knows the identity.</summary>
    public bool Pinned => Peer is not null;

    /// <summary>The same card, with the name of the peer that a trust store has for its identity.</summary>
    public StationCard WithPeer(string? name) => new(_statement, _signature, _content) { Peer = name };

    /// <summary>Makes a card.</summary>
    internal static StationCard Create(StationKeyPair identity, IReadOnlyList<string> recipients, string box, long serial, DateTimeOffset now)
    {
        var content = new CardStatement
        {
            Identity = identity.PublicKey,
            Recipients = recipients,
            Box = box,
            NotBefore = now - s_backdating,
            NotAfter = now + Lifetime,
            Serial = serial,
        };
        byte[] statement = content.Write();
        return new StationCard(statement, identity.Sign(SignaturePurpose.Card, statement), CardStatement.Read(statement));
    }

    /// <summary>Reads the bytes of a card.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidCard"/>: malformed; <see cref="StationFault.CardNotTrusted"/>: not signed by the identity that it names.
    /// </exception>
    public static StationCard Read(ReadOnlySpan<byte> card)
    {
        uint length = card.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(card) : uint.MaxValue;
        if (length > CardStatement.MaxLength || card.Length - sizeof(uint) < length)
        {
            throw CardErrors.Invalid("it is cut off, or too large");
        }

        byte[] statement = card.Slice(sizeof(uint), (int)length).ToArray();
        byte[] signature = card[(sizeof(uint) + statement.Length)..].ToArray();
        CardStatement content = CardStatement.Read(statement);
        return content.Identity.Verify(SignaturePurpose.Card, statement, signature)
            ? new StationCard(statement, signature, content)
            : throw new StationException(StationFault.CardNotTrusted, $"The card was not signed by the identity that it names, {content.Identity}.")
            {
                PeerFingerprint = content.Identity.ToString(),
            };
    }

    /// <summary>Reads the text of a card: one PEM block <c>STATION CARD</c>; what stands before and after it is passed over.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static StationCard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxTextLength)
        {
            throw CardErrors.Invalid($"a card is {MaxTextLength / 1024} KiB at most");
        }

        if (!PemEncoding.TryFind(text, out PemFields fields) || !text.AsSpan()[fields.Label].SequenceEqual(Label))
        {
            throw CardErrors.Invalid($"the text holds no block '{Label}', or a damaged one");
        }

        if (text.AsSpan()[fields.Location.End..].Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            throw CardErrors.Invalid("the text holds more than one block; which one is meant?");
        }

        return Read(Convert.FromBase64String(text[fields.Base64Data]));
    }

    /// <summary>The bytes, which <see cref="Read"/> reads.</summary>
    public byte[] ToBytes()
    {
        byte[] card = new byte[sizeof(uint) + _statement.Length + _signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(card, (uint)_statement.Length);
        _statement.CopyTo(card, sizeof(uint));
        _signature.CopyTo(card, sizeof(uint) + _statement.Length);
        return card;
    }

    /// <summary>The text, which <see cref="Parse"/> reads; it ends in a line feed.</summary>
    public string ToText() => PemEncoding.WriteString(Label, ToBytes()) + "\n";

    /// <summary>Writes the text to a file, whole or not at all.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/></exception>
    public void WriteFile(string path, bool overwrite = false) => AtomicFile.Write(path, Encoding.ASCII.GetBytes(ToText()), isPrivate: false, overwrite);

    /// <summary>Refuses a card whose time is over or has not begun, by a clock that may be ten minutes off.</summary>
    /// <exception cref="StationException"><see cref="StationFault.CardExpired"/>, <see cref="StationFault.CardNotYetValid"/></exception>
    public void RequireValid(DateTimeOffset now)
    {
        if (now > NotAfter + ClockTolerance)
        {
            throw Refused(StationFault.CardExpired, $"expired at {NotAfter:u}");
        }

        if (now < NotBefore - ClockTolerance)
        {
            throw Refused(StationFault.CardNotYetValid, $"is good only from {NotBefore:u}");
        }
    }

    /// <summary>Refuses a card that is older than one that is held, or another of the same serial. Both are of one identity.</summary>
    /// <exception cref="StationException"><see cref="StationFault.CardOlder"/>, <see cref="StationFault.CardConflict"/></exception>
    internal void RequireNotBefore(StationCard held)
    {
        if (Serial < held.Serial)
        {
            throw Refused(StationFault.CardOlder, $"is older than the one that is held (serials {Serial} and {held.Serial})");
        }

        if (Serial == held.Serial && !Equals(held))
        {
            throw Refused(StationFault.CardConflict, $"has the serial {Serial} of the one that is held, and says something else");
        }
    }

    /// <summary>Whether both say the same. Signatures are not compared: some algorithms make many for one statement.</summary>
    public bool Equals(StationCard? other) => other is not null && _statement.AsSpan().SequenceEqual(other._statement);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StationCard);

    /// <inheritdoc/>
    public override int GetHashCode() => Serial.GetHashCode();

    /// <summary>The fingerprint and the end.</summary>
    public override string ToString() => $"{Fingerprint} (until {NotAfter.UtcDateTime:yyyy-MM-dd})";

    private StationException Refused(StationFault fault, string why) => new(fault, $"The card of {Fingerprint} {why}.") { PeerFingerprint = Fingerprint.ToString() };
}
