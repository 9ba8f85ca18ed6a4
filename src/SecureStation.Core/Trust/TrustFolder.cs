using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Trust;

/// <summary>Reads a trust store's directory. Takes no lock: every file that can be seen is whole.</summary>
internal sealed class TrustFolder(string path)
{
    public string Path => path;

    public TrustIndexFile Index { get; } = new(path);

    /// <exception cref="StationException"><see cref="StationFault.TrustStoreInsecure"/></exception>
    public void RequireSecure()
    {
        if (StorageErrors.Map(path, () => PrivateFolder.IsWritableByOthers(path)))
        {
            throw new StationException(
                StationFault.TrustStoreInsecure,
                $"Others on this machine can write to the trust store. Look through it, then: chmod 700 '{path}'");
        }
    }

    public PeerFile? Peer(Fingerprint key) => PeerFile.Read(PeerFile.Path(path, key));

    /// <param name="address">As <see cref="PeerAddress.Normalize"/> gives it.</param>
    public PinFile? Pin(string address) => PinFile.Read(PinFile.Path(path, address));

    /// <summary>Every record, without addresses.</summary>
    public IEnumerable<PeerRecord> Peers() => Files(PeerFile.Suffix).Select(PeerFile.Read).OfType<PeerFile>().Select(static file => file.Record);

    public IEnumerable<PinFile> Pins() => Files(PinFile.Suffix).Select(PinFile.Read).OfType<PinFile>();

    /// <summary>The records with this name, without addresses: those that the index names, or all that there are where it is null.</summary>
    public IEnumerable<PeerRecord> Named(string name, TrustIndex? index) =>
        (index is null ? Peers() : index.KeysOf(name).Select(key => Peer(key)?.Record).OfType<PeerRecord>()).Where(peer => IsSameName(peer.Name, name));

    /// <summary>Where the key is pinned.</summary>
    public IReadOnlyList<string> AddressesOf(Fingerprint key, TrustIndex? index) => index is null
        ? [.. Pins().Where(pin => pin.Fingerprint == key).Select(static pin => pin.Address)]
        : [.. index.AddressesOf(key).Where(address => Pin(address)?.Fingerprint == key)];

    public string[] Files(string suffix) => StorageErrors.Map(path, () => PrivateFolder.Files(path, "*" + suffix));

    public static bool IsSameName(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
