using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Trust;

/// <summary>
/// The trust store as a directory (mode 0700), safe for many writers in many processes and whole after any of them is killed.
/// The files are described in <c>docs/trust-store.md</c>:
/// <code>
/// HEX.json   a peer (<see cref="PeerFile"/>); HEX is the SHA-256 of its SubjectPublicKeyInfo
/// HEX.pin    an address and the key pinned to it (<see cref="PinFile"/>); HEX is the SHA-256 of "host:port"
/// lock       held by whoever writes; queue/ has the tickets of those who wait for it (<see cref="LockQueue"/>)
/// HEX.keep   a peer that is accepted no longer, whose sessions may go on (<see cref="KeptSessions"/>)
/// index/     which files to look into for a name or for a key's addresses (<see cref="TrustIndexFile"/>)
/// *.tmp      files being written; those found by the next writer are left-overs
/// </code>
/// The pins are the one truth about addresses: a peer's file names none, and <see cref="PeerRecord.Addresses"/> is gathered from the pins.
/// So asking for the key of an address reads one file, a first contact is decided by the creation of one file,
/// and no crash between two writes can make record and pin contradict each other. The index is never believed: it says where to look.
/// </summary>
public sealed class FileTrustStore : ITrustStore
{
    private readonly TrustFolder _folder;

    /// <summary>Opens a trust store. The directory is made by the first write.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no path.</exception>
    public FileTrustStore(string directory)
    {
        if (string.IsNullOrWhiteSpace(directory))
        {
            throw new StationException(StationFault.InvalidArgument, "A trust store needs a directory.");
        }

        _folder = new TrustFolder(Path.GetFullPath(directory));
    }

    /// <summary><c>SecureStation/peers</c> in the platform's per-user configuration folder.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>: the platform names no such folder.</exception>
    public static string DefaultDirectory => UserFolder.Path("peers");

    /// <summary>The store's directory, as a full path.</summary>
    public string Directory => _folder.Path;

    /// <inheritdoc/>
    public IReadOnlyList<PeerRecord> List()
    {
        _folder.RequireSecure();
        ILookup<Fingerprint, string> addresses = _folder.Pins().ToLookup(static pin => pin.Fingerprint, static pin => pin.Address);
        return [.. _folder.Peers()
            .Select(peer => peer with { Addresses = [.. addresses[peer.Fingerprint]] })
            .OrderBy(static peer => peer.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(static peer => peer.Fingerprint.ToHex(), StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public PeerRecord? Find(Fingerprint fingerprint, bool withAddresses = true)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        _folder.RequireSecure();
        PeerRecord? peer = _folder.Peer(fingerprint)?.Record;
        return peer is null || !withAddresses ? peer : peer with { Addresses = _folder.AddressesOf(fingerprint, _folder.Index.Read()) };
    }

    /// <inheritdoc/>
    public PeerRecord? FindByName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _folder.RequireSecure();
        if (_folder.Index.Read() is { } index)
        {
            PeerRecord[] found = [.. _folder.Named(name, index)];
            if (found.Length > 0)
            {
                PeerRecord one = RequireOne(name, found);
                return one with { Addresses = _folder.AddressesOf(one.Fingerprint, index) };
            }
        }

        // That there is none is said only after everything was looked at: the one asked for may be damaged.
        PeerRecord[] named = [.. List().Where(peer => TrustFolder.IsSameName(peer.Name, name))];
        return named.Length == 0 ? null : RequireOne(name, named);
    }

    /// <inheritdoc/>
    public Fingerprint? FindPin(string address)
    {
        _folder.RequireSecure();
        return _folder.Pin(PeerAddress.Normalize(address))?.Fingerprint;
    }

    /// <inheritdoc/>
    public void Add(PeerRecord record, bool replace)
    {
        ArgumentNullException.ThrowIfNull(record);
        record.RequireConsistent();
        var revoked = new List<Fingerprint>();
        using (var writer = new TrustStoreWriter(_folder))
        {
            if (replace)
            {
                revoked.AddRange(writer.NamesakesOf(record));
                revoked.ForEach(namesake => writer.Delete(namesake));
                if (!record.Accept)
                {
                    revoked.Add(record.Fingerprint);
                }

                writer.DeletePins(record.Fingerprint, except: record.Addresses);
            }
            else
            {
                if (File.Exists(PeerFile.Path(_folder.Path, record.Fingerprint)))
                {
                    throw TrustErrors.HasRecord(record.Fingerprint);
                }

                writer.RequireUniqueName(record);
                writer.RequireUnpinned(record);
            }

            writer.Write(record, before: null);
            writer.Complete();
        }

        TrustAudit.Added(record, replace);
        revoked.ForEach(key => TrustWatch.Announce(_folder.Path, key));
        if (replace || record.Capabilities.Count > 0)
        {
            TrustWatch.AnnounceChange(_folder.Path);
        }
    }

    /// <inheritdoc/>
    public void Update(Fingerprint fingerprint, Func<PeerRecord, PeerRecord> change)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(change);
        bool isRevoked;
        bool isNarrowedOrWidened;
        PeerRecord after;
        using (var writer = new TrustStoreWriter(_folder))
        {
            PeerFile before = _folder.Peer(fingerprint)
                ?? throw new StationException(StationFault.NotFound, $"No peer has the key {fingerprint}.") { Subject = StationSubject.Peer, PeerFingerprint = fingerprint.ToString() };
            after = change(before.Record with { Addresses = writer.AddressesOf(fingerprint) });
            after.RequireConsistent();
            if (after.Fingerprint != fingerprint)
            {
                throw new StationException(StationFault.InvalidArgument, "A record cannot become another key's; add that one and remove this one.");
            }

            if (!TrustFolder.IsSameName(before.Record.Name, after.Name))
            {
                writer.RequireUniqueName(after);
            }

            writer.RequireUnpinned(after);
            isRevoked = before.Record.Accept && !after.Accept;
            isNarrowedOrWidened = !before.Record.Capabilities.SequenceEqual(after.Capabilities);
            if (isRevoked)
            {
                writer.KeepSessions(fingerprint, keep: false);
            }

            writer.DeletePins(fingerprint, except: after.Addresses);
            writer.Write(after, before);
            writer.Complete();
        }

        TrustAudit.Changed(after);
        if (isRevoked)
        {
            TrustWatch.Announce(_folder.Path, fingerprint);
        }

        if (isNarrowedOrWidened)
        {
            TrustWatch.AnnounceChange(_folder.Path);
        }
    }

    /// <inheritdoc/>
    public void Revoke(Fingerprint fingerprint, bool keepSessions = false)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        string? name = null;
        using (var writer = new TrustStoreWriter(_folder))
        {
            // The note first: whoever sees the record's change sees it too.
            writer.KeepSessions(fingerprint, keepSessions);
            if (_folder.Peer(fingerprint) is { } before)
            {
                name = before.Record.Name;
                writer.Write(before.Record with { Addresses = writer.AddressesOf(fingerprint), Accept = false }, before);
            }

            writer.Complete();
        }

        TrustAudit.Revoked(fingerprint, name);
        TrustWatch.Announce(_folder.Path, fingerprint);
    }

    /// <inheritdoc/>
    public bool Remove(Fingerprint fingerprint, bool keepSessions = false)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        bool existed;
        using (var writer = new TrustStoreWriter(_folder, evenIfDamaged: true))
        {
            existed = writer.KeepSessions(fingerprint, keepSessions) | writer.Delete(fingerprint);
            if (!existed)
            {
                writer.KeepSessions(fingerprint, keep: false);
            }

            writer.Complete();
        }

        if (existed)
        {
            TrustAudit.Removed(fingerprint);
        }

        TrustWatch.Announce(_folder.Path, fingerprint);
        return existed;
    }

    /// <inheritdoc/>
    public bool KeepsSession(Fingerprint fingerprint, DateTimeOffset begun)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        _folder.RequireSecure();
        return KeptSessions.Read(_folder.Path, fingerprint) is { } kept && begun <= kept.Before;
    }

    /// <inheritdoc/>
    public IDisposable Watch(Action<Fingerprint?> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return new TrustWatch(_folder.Path, changed);
    }

    /// <inheritdoc/>
    public Fingerprint Pin(string address, Fingerprint candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var pin = new PinFile(PeerAddress.Normalize(address), candidate);
        bool isNew;
        Fingerprint pinned;
        using (var writer = new TrustStoreWriter(_folder))
        {
            isNew = _folder.Pin(pin.Address) is null;
            pinned = writer.Pin(pin);
            writer.Complete();
        }

        if (isNew)
        {
            TrustAudit.Pinned(pin.Address, pinned);
        }

        return pinned;
    }

    private static PeerRecord RequireOne(string name, PeerRecord[] named) =>
        named is [PeerRecord one] ? one : throw TrustErrors.Ambiguous(name, named.Select(static peer => peer.Fingerprint));
}
