using SecureStation.Core.Keys;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Trust;

/// <summary>What a station knows of a peer. Records are values: a changed one is written with <see cref="ITrustStore.Update"/>.</summary>
public sealed record PeerRecord
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 128;

    private readonly string _name = string.Empty;
    private readonly AddressList _addresses = AddressList.None;
    private readonly PeerCapabilities _capabilities = PeerCapabilities.All;
    private readonly PeerGroups _groups = PeerGroups.None;

    /// <summary>A name for people: 1 to 128 characters, no control characters, no white space at either end. Case does not tell names apart.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not such a name.</exception>
    public required string Name
    {
        get => _name;
        init => _name = IsValidName(value)
            ? value
            : throw new StationException(
                StationFault.InvalidArgument,
                $"A peer's name is 1 to {MaxNameLength} characters, none of them a control character, with no white space at either end.");
    }

    /// <summary>The fingerprint of the peer's key: what identifies the record.</summary>
    public required Fingerprint Fingerprint { get; init; }

    /// <summary>The key; null where only its fingerprint is known. Stores refuse a record with the key of another fingerprint.</summary>
    public StationPublicKey? PublicKey { get; init; }

    /// <summary>Where this key may answer: <c>host:port</c> as typed, lower-case. Empty for a peer that only connects to us.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: one is not <c>host:port</c>.</exception>
    public IReadOnlyList<string> Addresses
    {
        get => _addresses;
        init => _addresses = new AddressList(value);
    }

    /// <summary>The peer's newest card, by which messages are sealed for it; null where none is held. Stores refuse a record with another identity's.</summary>
    public StationCard? Card { get; init; }

    /// <summary>Whether the peer may connect to our listeners.</summary>
    public bool Accept { get; init; }

    /// <summary>The services that the peer may use in a session with us (<see cref="PeerCapabilities"/>); empty: all that are offered.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: one is no name of a capability.</exception>
    public IReadOnlyList<string> Capabilities
    {
        get => _capabilities;
        init => _capabilities = value as PeerCapabilities ?? new PeerCapabilities(value);
    }

    /// <summary>The groups that the peer is in (<see cref="PeerGroups"/>): what is sent to a group goes to its members.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: one is no name of a group.</exception>
    public IReadOnlyList<string> Groups
    {
        get => _groups;
        init => _groups = value as PeerGroups ?? new PeerGroups(value);
    }

    /// <summary>When the record was made (UTC).</summary>
    public DateTimeOffset Added { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>Whether this can be a peer's name.</summary>
    public static bool IsValidName(string? name) =>
        name is { Length: > 0 and <= MaxNameLength }
        && !name.Any(char.IsControl)
        && !char.IsWhiteSpace(name[0])
        && !char.IsWhiteSpace(name[^1]);

    /// <summary>Name and fingerprint.</summary>
    public override string ToString() => $"{Name} ({Fingerprint})";

    /// <summary>Checks what no single property can: that key and fingerprint belong together.</summary>
    internal void RequireConsistent()
    {
        if (PublicKey is not null && PublicKey.Fingerprint != Fingerprint)
        {
            throw new StationException(StationFault.InvalidArgument, $"The record of '{Name}' has the key of {PublicKey} under the fingerprint {Fingerprint}.");
        }

        if (Card is not null && Card.Fingerprint != Fingerprint)
        {
            throw new StationException(StationFault.InvalidArgument, $"The record of '{Name}' has the card of {Card.Fingerprint} under the fingerprint {Fingerprint}.");
        }
    }
}
