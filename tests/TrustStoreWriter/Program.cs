using System.Globalization;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

// TrustStoreWriter DIRECTORY NAME COUNT [add]
//   Adds COUNT peers NAME-0, NAME-1 … to the store, each with an address of its own, changes each once, and removes every fourth.
//   In between it tries to pin its own key to the address contested:1 and prints the fingerprint that won. COUNT -1: goes on for ever.
//   With add, it only adds them, without addresses.
var store = new FileTrustStore(args[0]);
string name = args[1];
int count = int.Parse(args[2], CultureInfo.InvariantCulture);
bool isAddOnly = args.Length > 3;

using StationKeyPair candidate = StationKeyPair.Generate();
Console.WriteLine("ready");
for (int i = 0; i != count; i++)
{
    using StationKeyPair peer = StationKeyPair.Generate();
    store.Add(
        new PeerRecord { Name = $"{name}-{i}", Fingerprint = peer.Fingerprint, PublicKey = peer.PublicKey, Addresses = isAddOnly ? [] : [$"{name}-{i}:7700"] },
        replace: false);
    if (isAddOnly)
    {
        continue;
    }

    store.Update(peer.Fingerprint, record => record with { Accept = true });
    if (i % 4 == 3)
    {
        store.Remove(peer.Fingerprint);
    }

    Fingerprint winner = store.Pin("contested:1", candidate.Fingerprint);
    if (count > 0 && i == count - 1)
    {
        Console.WriteLine(winner);
    }
}
