using SecureStation.Core.Keys;

namespace SecureStation.Core.Trust;

/// <summary>
/// How a client decides about the key that answered it. It accepts the key that the caller named (by fingerprint, invitation or the name of a
/// peer) or the one pinned to the address that was asked for; a peer known for something else is no reason to accept it here.
/// </summary>
public sealed class ClientTrust
{
    private readonly string? _address;

    /// <summary>What to do about keys that are neither named nor pinned.</summary>
    public TrustMode Mode { get; init; } = TrustMode.Strict;

    /// <summary>Where pins and records are; null to know of none.</summary>
    public ITrustStore? Store { get; init; }

    /// <summary>The address that was asked for, <c>host:port</c> as typed; null where there is none, as in memory.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not <c>host:port</c>.</exception>
    public string? Address
    {
        get => _address;
        init => _address = value is null ? null : PeerAddress.Normalize(value);
    }

    /// <summary>The key that the caller named by its fingerprint.</summary>
    public Fingerprint? ExpectedFingerprint { get; init; }

    /// <summary>The peer that the caller named: the key in its record is expected.</summary>
    public string? PeerName { get; init; }

    /// <summary>The key of the peer that the caller named, where its record is at hand; null to look <see cref="PeerName"/> up.</summary>
    public Fingerprint? PeerKey { get; init; }

    /// <summary>The invitation in use: the key that it names is expected.</summary>
    public StationInvitation? Invitation { get; init; }

    /// <summary>Decides about the key that answered. In <see cref="TrustMode.FirstUse"/> a new key is pinned before this returns.</summary>
    /// <param name="remote">The peer's key, proven by its signature.</param>
    /// <param name="own">This station's key.</param>
    /// <exception cref="StationException">
    /// The store's errors (<see cref="StationFault.TrustStoreDamaged"/>, <see cref="StationFault.TrustStoreInsecure"/>,
    /// <see cref="StationFault.PeerAmbiguous"/>, <see cref="StationFault.StorageFailed"/>): what cannot be read is not decided about.
    /// <see cref="StationFault.NotFound"/>: <see cref="PeerName"/> has no record.
    /// <see cref="StationFault.InvalidArgument"/>: first use without a store or an address to pin.
    /// </exception>
    public TrustVerdict Decide(StationPublicKey remote, StationKeyPair own)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(own);

        List<(TrustBasis Basis, Fingerprint Key)> named = NamedKeys();
        Fingerprint? pinned = Address is null ? null : Store?.FindPin(Address);
        Fingerprint key = remote.Fingerprint;

        if (Mode != TrustMode.Any && pinned is not null)
        {
            foreach ((_, Fingerprint expected) in named)
            {
                if (expected != pinned)
                {
                    return TrustVerdict.Refused(TrustErrors.Contradiction(remote, Address!, pinned, expected));
                }
            }

            if (key != pinned)
            {
                return TrustVerdict.Refused(TrustErrors.Changed(remote, Address!, pinned));
            }
        }

        // Whoever names a key wants that one, in every mode.
        foreach ((_, Fingerprint expected) in named)
        {
            if (expected != key)
            {
                return TrustVerdict.Refused(TrustErrors.NotTheOneNamed(remote, Address, expected));
            }
        }

        if (named.Count > 0)
        {
            return TrustVerdict.Trusted(named[0].Basis, RecordOf(key));
        }

        if (key == own.Fingerprint)
        {
            return TrustVerdict.Refused(TrustErrors.OwnKey(remote, Address));
        }

        if (key == pinned)
        {
            return TrustVerdict.Trusted(TrustBasis.Pinned, RecordOf(key));
        }

        return Mode switch
        {
            TrustMode.Any => TrustVerdict.Trusted(TrustBasis.Any, RecordOf(key)),
            TrustMode.FirstUse => PinFirstUse(remote),
            _ => TrustVerdict.Refused(Store?.Find(key) is { } record
                ? TrustErrors.KnownElsewhere(remote, Address, record)
                : TrustErrors.Unknown(remote, Address)),
        };
    }

    /// <summary>Decides about the key that answered where a session is to go on: it is the session's peer alone, and no pin says otherwise.</summary>
    /// <param name="remote">The key that answered.</param>
    /// <param name="peer">The session's peer.</param>
    /// <exception cref="StationException">The store's errors.</exception>
    internal TrustVerdict DecideAgain(StationPublicKey remote, StationPublicKey peer)
    {
        Fingerprint? pinned = Mode == TrustMode.Any || Address is null ? null : Store?.FindPin(Address);
        return pinned is not null && pinned != peer.Fingerprint ? TrustVerdict.Refused(TrustErrors.Changed(peer, Address!, pinned))
            : remote.Fingerprint != peer.Fingerprint ? TrustVerdict.Refused(TrustErrors.NotTheOneNamed(remote, Address, peer.Fingerprint))
            : TrustVerdict.Trusted(TrustBasis.Pinned);
    }

    /// <summary>The services that the peer's record allows now; all where there is none.</summary>
    /// <exception cref="StationException">The store's errors.</exception>
    internal PeerCapabilities CapabilitiesOf(StationPublicKey peer) => (PeerCapabilities?)RecordOf(peer.Fingerprint)?.Capabilities ?? PeerCapabilities.All;

    /// <summary>
    /// After the responder's Welcome: pins the key that the invitation names to its address, so that the next connection needs no invitation.
    /// Does nothing where this station's key or the listener's exists in memory only, where there is no store,
    /// or where the address is pinned already.
    /// </summary>
    /// <exception cref="StationException">The store's errors.</exception>
    public void RememberInvitation(StationPublicKey remote, StationKeyPair own)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(own);
        if (Invitation is null || Invitation.IsTemporary || !own.IsStored || Store is null || Invitation.Fingerprint != remote.Fingerprint)
        {
            return;
        }

        string address = Address ?? Invitation.Address;
        if (Store.Pin(address, remote.Fingerprint) == remote.Fingerprint)
        {
            LearnedPeers.AddIfUnknown(Store, remote, name: address, accept: false);
        }
    }

    private TrustVerdict PinFirstUse(StationPublicKey remote)
    {
        if (Store is null || Address is null)
        {
            throw new StationException(StationFault.InvalidArgument, "Trust on first use needs a trust store and an address to pin the key to.");
        }

        Fingerprint winner = Store.Pin(Address, remote.Fingerprint);
        if (winner != remote.Fingerprint)
        {
            return TrustVerdict.Refused(TrustErrors.Changed(remote, Address, winner));
        }

        LearnedPeers.AddIfUnknown(Store, remote, name: Address, accept: false);
        return TrustVerdict.Trusted(TrustBasis.FirstUse, RecordOf(remote.Fingerprint));
    }

    // The strongest statement first: it becomes the basis of the verdict. All of them have to hold.
    private List<(TrustBasis Basis, Fingerprint Key)> NamedKeys()
    {
        var named = new List<(TrustBasis, Fingerprint)>();
        if (Invitation is not null)
        {
            named.Add((TrustBasis.Invitation, Invitation.Fingerprint));
        }

        if (ExpectedFingerprint is not null)
        {
            named.Add((TrustBasis.Fingerprint, ExpectedFingerprint));
        }

        if (PeerKey is not null)
        {
            named.Add((TrustBasis.Peer, PeerKey));
        }

        if (PeerName is not null)
        {
            PeerRecord record = Store?.FindByName(PeerName)
                ?? throw new StationException(StationFault.NotFound, $"There is no peer '{PeerName}' in the trust store.") { Subject = StationSubject.Peer };
            named.Add((TrustBasis.Peer, record.Fingerprint));
        }

        return named;
    }

    private PeerRecord? RecordOf(Fingerprint key) => Store?.Find(key, withAddresses: false);
}
