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

    /// <summary>The record of a key, as it is at this moment; null where there is none.</summary>
    /// <param name="fingerprint">The key's.</param>
    /// <param name="withAddresses">Whether its addresses are wanted too. A listener, which asks at every connection, does not want them.</param>
    PeerRecord? Find(Fingerprint fingerprint, bool withAddresses = true);

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

    /// <summary>
    /// Takes back that a key may connect to our listeners: its record, if there is one, stays without <see cref="PeerRecord.Accept"/>, and listeners
    /// that use this store end its sessions (<see cref="Watch"/>), also where an invitation had let it in.
    /// </summary>
    /// <param name="fingerprint">The key's.</param>
    /// <param name="keepSessions">Whether the sessions that there are may go on.</param>
    void Revoke(Fingerprint fingerprint, bool keepSessions = false);

    /// <summary>Removes a key's record and its pins, and takes back what <see cref="Revoke"/> does. False where there was neither.</summary>
    /// <param name="fingerprint">The key's.</param>
    /// <param name="keepSessions">Whether the sessions that there are may go on.</param>
    bool Remove(Fingerprint fingerprint, bool keepSessions = false);

    /// <summary>Whether a session that began then may go on although its peer is accepted no longer.</summary>
    bool KeepsSession(Fingerprint fingerprint, DateTimeOffset begun);

    /// <summary>
    /// Calls back when peers may have lost their trust, until what is returned is disposed: with the key, before the call that takes it back returns, for what
    /// this process does through any store of the same place; with null before a call returns that changes what a peer may do (its capabilities), and within
    /// 5 s of any change by another process.
    /// </summary>
    IDisposable Watch(Action<Fingerprint?> changed);

    /// <summary>
    /// Pins a key to an address, if none is pinned there. Returns the key that is pinned now: of many who race, all get the winner's.
    /// </summary>
    Fingerprint Pin(string address, Fingerprint candidate);
}
