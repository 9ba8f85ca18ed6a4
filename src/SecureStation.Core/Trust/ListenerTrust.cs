using System.Collections.Concurrent;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Trust;

/// <summary>
/// How a listener decides about the key of a client: those with a record that says <see cref="PeerRecord.Accept"/>, and, where nothing is written,
/// those that an invitation admitted for as long as the listener lives. Safe for many threads.
/// </summary>
public sealed class ListenerTrust
{
    private readonly ConcurrentDictionary<Fingerprint, bool> _admitted = new();
    private readonly TrustMode _mode = TrustMode.Strict;

    /// <summary><see cref="TrustMode.Strict"/> or <see cref="TrustMode.Any"/>; a listener has no address to pin a first use to.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: <see cref="TrustMode.FirstUse"/>.</exception>
    public TrustMode Mode
    {
        get => _mode;
        init => _mode = value is TrustMode.Strict or TrustMode.Any
            ? value
            : throw new StationException(StationFault.InvalidArgument, "A listener's trust is Strict or Any; FirstUse is for clients.");
    }

    /// <summary>Where records are; null to know of none.</summary>
    public ITrustStore? Store { get; init; }

    /// <summary>Decides about a client, by what the store says at this moment.</summary>
    /// <exception cref="StationException">The store's errors: what cannot be read is not decided about.</exception>
    public TrustVerdict Decide(StationPublicKey remote, StationKeyPair own)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(own);

        PeerRecord? record = Store?.Find(remote.Fingerprint, withAddresses: false);
        if (record is { Accept: true })
        {
            return TrustVerdict.Trusted(TrustBasis.Accepted, record);
        }

        if (_admitted.ContainsKey(remote.Fingerprint))
        {
            return TrustVerdict.Trusted(TrustBasis.Invitation, record);
        }

        if (remote.Fingerprint == own.Fingerprint)
        {
            return TrustVerdict.Refused(TrustErrors.OwnKey(remote, address: null));
        }

        return Mode == TrustMode.Any
            ? TrustVerdict.Trusted(TrustBasis.Any, record)
            : TrustVerdict.Refused(TrustErrors.NotAccepted(remote, record));
    }

    /// <summary>
    /// After an invitation was accepted: where there is a store and the listener's own key is stored, writes a record that accepts the client's key,
    /// and that record alone counts from then on. Else admits the key for this listener's life.
    /// The record gets no address: that a client came from somewhere does not say where it may be reached.
    /// </summary>
    /// <exception cref="StationException">The store's errors; the key is not admitted then.</exception>
    public void Admit(StationPublicKey remote, StationKeyPair own)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(own);
        if (Store is null || !own.IsStored)
        {
            _admitted[remote.Fingerprint] = true;
            return;
        }

        LearnedPeers.AddIfUnknown(Store, remote, LearnedPeers.NameFor(remote), accept: true);
        if (Store.Find(remote.Fingerprint, withAddresses: false) is { Accept: false })
        {
            Store.Update(remote.Fingerprint, static record => record with { Accept = true });
        }
    }

    /// <summary>The services that the key's record allows; all where there is none.</summary>
    internal PeerCapabilities CapabilitiesOf(Fingerprint key) =>
        (PeerCapabilities?)Store?.Find(key, withAddresses: false)?.Capabilities ?? PeerCapabilities.All;

    /// <summary>Takes back what <see cref="Admit"/> gave for this listener's life.</summary>
    internal void Forget(Fingerprint key) => _admitted.TryRemove(key, out _);
}
