using SecureStation.Core.Keys;

namespace SecureStation.Core.Trust;

/// <summary>Writes down peers that nobody added by hand: those of a first use or an invitation.</summary>
internal static class LearnedPeers
{
    /// <summary>
    /// Makes a record for a key that has none; one that another writer makes meanwhile is as good.
    /// Where the name is taken by another key, the new record's name ends in the beginning of its fingerprint.
    /// </summary>
    public static void AddIfUnknown(ITrustStore store, StationPublicKey key, string name, bool accept)
    {
        if (store.Find(key.Fingerprint, withAddresses: false) is not null)
        {
            return;
        }

        string shortName = name.Length > PeerRecord.MaxNameLength ? name[..PeerRecord.MaxNameLength] : name;
        if (!TryAdd(store, key, shortName, accept))
        {
            string suffix = " " + key.Fingerprint.ToHex()[..16];
            TryAdd(store, key, shortName[..Math.Min(shortName.Length, PeerRecord.MaxNameLength - suffix.Length)] + suffix, accept);
        }
    }

    /// <summary>The name for a peer of which nothing but the key is known.</summary>
    public static string NameFor(StationPublicKey key) => "peer-" + key.Fingerprint.ToHex()[..16];

    private static bool TryAdd(ITrustStore store, StationPublicKey key, string name, bool accept)
    {
        try
        {
            // The addresses are those pinned already: adding a record would else unpin them.
            store.Add(new PeerRecord { Name = name, Fingerprint = key.Fingerprint, PublicKey = key, Accept = accept }, replace: false);
            return true;
        }
        catch (StationException e) when (e.Fault == StationFault.AlreadyExists)
        {
            return true;
        }
        catch (StationException e) when (e.Fault == StationFault.PeerAmbiguous)
        {
            return false;
        }
    }
}
