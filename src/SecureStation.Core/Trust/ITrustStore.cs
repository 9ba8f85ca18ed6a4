using SecureStation.Core.Keys;

namespace SecureStation.Core.Trust;

/// <summary>
/// Where a station keeps what it knows of its peers: records by key, and which key is pinned to which address. Implementations are safe
/// for many threads. A store that is damaged or open to others throws; it never passes for an empty one.
/// </summary>
public interface ITrustStore
{
    /// <summary>All records, by name.</summary>
    IReadOnlyList<PeerRecord> List();

    /// <summary>The record of a key; null where there is none.</summary>
    PeerRecord? Find(Fingerprint fingerprint);

    /// <summary>The record of a name, whatever its case; null where there is none.</summary>
    /// <exception cref="StationException"><see cref="StationFault.PeerAmbiguous"/>: several records have it; the message lists their fingerprints.</exception>
    PeerRecord? FindByName(string name);

    /// <summary>The key pinned to an address (<see cref="PeerAddress"/>); null where none is.</summary>
    Fingerprint? FindPin(string address);

    /// <summary>Adds a record and pins its addresses to its key.</summary>
    /// <param name="record">The record.</param>
    /// <param name="replace">
    /// Whether it takes the place of what is in its way: the record of its key, those of its name, and pins of its addresses.
    /// </param>
    /// <exception cref="StationException">
    /// Without <paramref name="replace"/>: <see cref="StationFault.AlreadyExists"/>: the key has a record, or an address is pinned to another key;
    /// <see cref="StationFault.PeerAmbiguous"/>: another key has the name.
    /// </exception>
    void Add(PeerRecord record, bool replace);

    /// <summary>Changes the record of a key; no other writer comes in between.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>: there is none; <see cref="StationFault.InvalidArgument"/>: the change makes it another key's;
    /// <see cref="StationFault.AlreadyExists"/>: a new address is pinned to another key; <see cref="StationFault.PeerAmbiguous"/>: another key has the new name.
    /// </exception>
    void Update(Fingerprint fingerprint, Func<PeerRecord, PeerRecord> change);

    /// <summary>Removes a key's record and its pins. False where there was neither.</summary>
    bool Remove(Fingerprint fingerprint);

    /// <summary>
    /// Pins a key to an address, if none is pinned there. Returns the key that is pinned now: of many who race, all get the winner's.
    /// </summary>
    Fingerprint Pin(string address, Fingerprint candidate);
}
