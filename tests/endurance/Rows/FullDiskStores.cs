using SecureStation.Core;
using SecureStation.Core.Auditing;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>Key store, trust store and log on a disk that is full.</summary>
internal static class FullDiskStores
{
    public static async Task<int> FillAsync(SmallDisk disk, CancellationToken token)
    {
        var keys = new KeyStore(Path.Combine(disk.Folder, "keys"));
        var peers = new FileTrustStore(Path.Combine(disk.Folder, "peers"));
        using StationKeyPair good = StationKeyPair.Generate();
        using StationKeyPair late = StationKeyPair.Generate();
        keys.Save("good", good);
        peers.Add(Peer("good", good), replace: false);
        StationLog log = StationLog.Start(Path.Combine(disk.Folder, "station.log"));
        disk.Fill();
        int refused = await FullDiskRow.RefusesAsync(StationFault.StorageFailed, () => Task.FromResult(keys.Save("late", late)));
        refused += await FullDiskRow.RefusesAsync(StationFault.StorageFailed, () =>
        {
            peers.Add(Peer("late", late), replace: false);
            return Task.CompletedTask;
        });
        for (int i = 0; i < 200; i++)
        {
            AuditTrail.Report(new AuditEvent(AuditEventKind.Request) { Detail = new string('x', 200) });
        }

        while (log.Lost == 0)
        {
            await Task.Delay(5, token);
        }

        SmallDisk.Require(keys.List() is [{ Name: "good" }], "the key store");
        SmallDisk.Require(peers.List() is [{ Name: "good" }], "the trust store");
        disk.Free();
        keys.Save("late", late);
        peers.Add(Peer("late", late), replace: false);
        await log.StopAsync();
        StationLogReport report = StationLogVerifier.Verify(log.Path, cancellationToken: token);
        SmallDisk.Require(report is { IsValid: true, Lost: > 0 }, $"the log: {report}");
        SmallDisk.Require(keys.List().Count == 2 && peers.List().Count == 2, "the stores afterwards");

        // The log counts as one refusal: it says how much it lost.
        return refused + 1;
    }

    private static PeerRecord Peer(string name, StationKeyPair key) => new() { Name = name, Fingerprint = key.Fingerprint, PublicKey = key.PublicKey };
}
