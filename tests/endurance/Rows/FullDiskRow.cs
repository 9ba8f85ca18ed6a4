using System.Diagnostics;
using SecureStation.Core;
using SecureStation.Core.Auditing;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>A disk of 1 MiB that fills up: key store, trust store and log say so, lose nothing that was there, and go on when there is room.</summary>
internal sealed class FullDiskRow() : StationRow("full-disk", "times that the disk fills up", 50, 5, "StorageFailed, nothing lost or half-written", 60)
{
    public override string? LeftOut => OperatingSystem.IsLinux() && Environment.UserName == "root" && Mounts() ? null : "it needs root and tmpfs";

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        string disk = Path.Combine(context.Folder, "disk");
        Directory.CreateDirectory(disk);
        Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", disk);
        try
        {
            int failures = 0;
            for (int i = 0; i < context.Count; i++)
            {
                failures += await FillAsync(Path.Combine(disk, $"{i}"), context);
            }

            return new RowOutcome(context.Count, $"{failures} writes refused, all kept", failures >= 2 * context.Count);
        }
        finally
        {
            Run("umount", "-l", disk);
        }
    }

    private static async Task<int> FillAsync(string folder, RowContext context)
    {
        Directory.CreateDirectory(folder);
        var keys = new KeyStore(Path.Combine(folder, "keys"));
        var peers = new FileTrustStore(Path.Combine(folder, "peers"));
        using StationKeyPair good = StationKeyPair.Generate();
        keys.Save("good", good);
        peers.Add(Peer("good", good), replace: false);
        StationLog log = StationLog.Start(Path.Combine(folder, "station.log"));
        string filler = Path.Combine(folder, "filler");
        await FillDiskAsync(filler, context.Token);
        int failures = 0;
        using StationKeyPair late = StationKeyPair.Generate();
        failures += Refuses(() => keys.Save("late", late)) ? 1 : 0;
        failures += Refuses(() => peers.Add(Peer("late", late), replace: false)) ? 1 : 0;
        for (int i = 0; i < 200; i++)
        {
            AuditTrail.Report(new AuditEvent(AuditEventKind.Request) { Detail = new string('x', 200) });
        }

        while (log.Lost == 0)
        {
            await Task.Delay(5, context.Token);
        }

        // What was there is there, and nothing is there by halves.
        Require(keys.List() is [{ Name: "good" }], "the key store");
        Require(peers.List() is [{ Name: "good" }], "the trust store");
        File.Delete(filler);
        keys.Save("late", late);
        peers.Add(Peer("late", late), replace: false);
        await log.StopAsync();
        StationLogReport report = StationLogVerifier.Verify(log.Path);
        Require(report is { IsValid: true, Lost: > 0 }, $"the log: {report}");
        Require(keys.List().Count == 2 && peers.List().Count == 2, "the stores afterwards");
        Directory.Delete(folder, recursive: true);
        return failures;
    }

    private static PeerRecord Peer(string name, StationKeyPair key) => new() { Name = name, Fingerprint = key.Fingerprint, PublicKey = key.PublicKey };

    private static bool Refuses(Action write)
    {
        try
        {
            write();
            return false;
        }
        catch (StationException e)
        {
            Require(e.Fault == StationFault.StorageFailed, $"the fault {e.Fault}");
            return true;
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Not as it should be: {what}.");
        }
    }

    private static async Task FillDiskAsync(string path, CancellationToken token)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            foreach (int size in (int[])[4096, 1])
            {
                while (true)
                {
                    token.ThrowIfCancellationRequested();
                    try
                    {
                        file.Write(new byte[size]);
                    }
                    catch (IOException)
                    {
                        break;
                    }
                }
            }
        }
        catch (IOException)
        {
            // Full to the last byte.
        }
    }

    private static bool Mounts()
    {
        string probe = Directory.CreateTempSubdirectory("endurance-probe-").FullName;
        try
        {
            Run("mount", "-t", "tmpfs", "-o", "size=64k", "none", probe);
            Run("umount", probe);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            Directory.Delete(probe);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program}: {process.StandardError.ReadToEnd()}");
        }
    }
}
