using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Trust;

/// <summary>
/// One change of a trust store, by whoever has its lock: look first (<see cref="RequireUniqueName"/>, <see cref="RequireUnpinned"/>), then change files, then <see cref="Complete"/>.
/// Where that is not reached after a change, the index is made anew by the next writer.
/// </summary>
internal sealed class TrustStoreWriter : IDisposable
{
    // Writers hold the lock for some milliseconds and have it in turn, so it is one that hangs who takes this long.
    // The operating system releases the lock of whoever dies.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TrustFolder _folder;
    private readonly FileStream _lock;
    private TrustIndex? _index;

    /// <summary>Waits for the lock.</summary>
    /// <param name="folder">The store's; made where it is missing.</param>
    /// <param name="evenIfDamaged">Goes on without an index where one cannot be made because some record is damaged.</param>
    public TrustStoreWriter(TrustFolder folder, bool evenIfDamaged = false)
    {
        _folder = folder;
        StorageErrors.Map(folder.Path, () => PrivateFolder.Create(folder.Path));
        folder.RequireSecure();
        _lock = LockQueue.Acquire(Path.Combine(folder.Path, "lock"), Path.Combine(folder.Path, "queue"), s_patience);
        try
        {
            _index = folder.Index.ReadForWriting() ?? Recover();
        }
        catch (StationException e) when (evenIfDamaged && e.Fault == StationFault.TrustStoreDamaged)
        {
            // Without it every pin is looked at.
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The addresses of a key.</summary>
    public IReadOnlyList<string> AddressesOf(Fingerprint key) => _folder.AddressesOf(key, _index);

    /// <summary>The other keys with the name of this record.</summary>
    public IReadOnlyList<Fingerprint> NamesakesOf(PeerRecord record) =>
        [.. _folder.Named(record.Name, _index).Select(static peer => peer.Fingerprint).Where(key => key != record.Fingerprint)];

    /// <summary>That no other key has the record's name.</summary>
    /// <exception cref="StationException"><see cref="StationFault.PeerAmbiguous"/></exception>
    public void RequireUniqueName(PeerRecord record)
    {
        IReadOnlyList<Fingerprint> namesakes = NamesakesOf(record);
        if (namesakes.Count > 0)
        {
            throw TrustErrors.Ambiguous(record.Name, [.. namesakes, record.Fingerprint]);
        }
    }

    /// <summary>That no other key is pinned to an address of the record.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/></exception>
    public void RequireUnpinned(PeerRecord record)
    {
        foreach (string address in record.Addresses)
        {
            if (_folder.Pin(address)?.Fingerprint is { } pinned && pinned != record.Fingerprint)
            {
                throw TrustErrors.PinnedElsewhere(address, pinned);
            }
        }
    }

    /// <summary>
    /// Pins before the record: a crash in between leaves an address that is pinned as asked for, under a key not yet named.
    /// What <paramref name="before"/> had beside what is known here stays.
    /// </summary>
    public void Write(PeerRecord record, PeerFile? before)
    {
        _folder.Index.BeginWriting();
        foreach (string address in record.Addresses)
        {
            var pin = new PinFile(address, record.Fingerprint);
            if (_folder.Pin(address) != pin)
            {
                AtomicFile.Write(PinFile.Path(_folder.Path, address), pin.Format(), isPrivate: true, overwrite: true);
                _index = _index?.WithPin(address, record.Fingerprint);
            }
        }

        AtomicFile.Write(PeerFile.Path(_folder.Path, record.Fingerprint), PeerFile.Format(record, before), isPrivate: true, overwrite: true);
        _index = _index?.WithName(record.Name, record.Fingerprint);
    }

    /// <summary>Pins the key, if none is pinned there. Returns the key that is pinned now.</summary>
    public Fingerprint Pin(PinFile pin)
    {
        _folder.Index.BeginWriting();

        // Creating the file decides, as FileMode.CreateNew would, and it is complete when it appears: whoever loses reads the winner's.
        string path = PinFile.Path(_folder.Path, pin.Address);
        Fingerprint winner = AtomicFile.TryWrite(path, pin.Format(), isPrivate: true, overwrite: false)
            ? pin.Fingerprint
            : PinFile.Read(path)?.Fingerprint ?? throw new StationException(StationFault.StorageFailed, $"'{path}' was deleted while it was read.");
        _index = _index?.WithPin(pin.Address, winner);
        return winner;
    }

    /// <summary>Pins before the record: a crash in between leaves a name that is trusted nowhere, and can be removed again.</summary>
    public bool Delete(Fingerprint key)
    {
        bool hadPins = DeletePins(key, except: []);
        string path = PeerFile.Path(_folder.Path, key);
        bool existed = File.Exists(path) | hadPins;
        StorageErrors.Map(path, () => File.Delete(path));
        _index = _index?.WithoutName(key);
        return existed;
    }

    /// <summary>Notes that the sessions which a key has now may go on without trust, or that they may not. Whether there was a note before.</summary>
    public bool KeepSessions(Fingerprint key, bool keep)
    {
        _folder.Index.BeginWriting();
        bool existed = KeptSessions.Delete(_folder.Path, key);
        if (keep)
        {
            new KeptSessions(key, DateTimeOffset.UtcNow).Write(_folder.Path);
        }

        return existed;
    }

    /// <summary>Deletes the pins of a key. Whether there were any.</summary>
    public bool DeletePins(Fingerprint key, IReadOnlyList<string> except)
    {
        _folder.Index.BeginWriting();
        string[] addresses = [.. AddressesOf(key).Except(except)];
        foreach (string address in addresses)
        {
            string path = PinFile.Path(_folder.Path, address);
            StorageErrors.Map(path, () => File.Delete(path));
            _index = _index?.WithoutPin(address);
        }

        return addresses.Length > 0;
    }

    /// <summary>Everything is written.</summary>
    public void Complete()
    {
        if (_index is not null)
        {
            _folder.Index.EndWriting(_index);
        }
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _lock.Dispose();

    private TrustIndex Recover()
    {
        // A writer has died, or somebody has changed the directory by hand. Nobody is writing now, so what is half written stays so.
        foreach (string leftover in _folder.Files(AtomicFile.TemporarySuffix))
        {
            StorageErrors.Map(leftover, () => File.Delete(leftover));
        }

        TrustIndex index = TrustIndex.Of(_folder.Peers(), _folder.Pins());
        _folder.Index.EndWriting(index);
        return index;
    }
}
