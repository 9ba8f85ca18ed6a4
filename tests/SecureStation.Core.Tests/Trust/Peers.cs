using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

/// <summary>Makes peers with fresh keys.</summary>
internal static class Peers
{
    public static PeerRecord New(string name, bool accept = false, params string[] addresses)
    {
        using StationKeyPair keyPair = StationKeyPair.Generate();
        return new PeerRecord
        {
            Name = name,
            Fingerprint = keyPair.Fingerprint,
            PublicKey = keyPair.PublicKey,
            Accept = accept,
            Addresses = addresses,
        };
    }
}
