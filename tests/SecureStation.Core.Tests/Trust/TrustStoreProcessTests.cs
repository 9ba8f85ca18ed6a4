using System.Diagnostics;
using System.Globalization;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

/// <summary>The trust store under several processes (tests/TrustStoreWriter), some of which are killed.</summary>
public sealed class TrustStoreProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileTrustStore _store;

    public TrustStoreProcessTests() => _store = new FileTrustStore(Path.Combine(_folder.Path, "peers"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sixteen_processes_write_at_once()
    {
        const int writers = 16, each = 8;
        Process[] processes = [.. Enumerable.Range(0, writers).Select(i => Start($"w{i}", each))];
        var winners = new HashSet<string>();
        foreach (Process process in processes)
        {
            string output = process.StandardOutput.ReadToEnd();
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
            winners.Add(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim());
            process.Dispose();
        }

        // No write was lost, nothing half done: of every eight peers two were removed, and the others are all there and changed.
        IReadOnlyList<PeerRecord> peers = _store.List();
        Assert.Equal(writers * each * 3 / 4, peers.Count);
        Assert.All(peers, peer =>
        {
            Assert.True(peer.Accept);
            Assert.Equal([$"{peer.Name}:7700"], peer.Addresses);
            Assert.Equal(peer.Fingerprint, _store.FindPin($"{peer.Name}:7700"));
        });
        Assert.Equal(peers.Count + 1, Directory.GetFiles(_store.Directory, "*.pin").Length);
        Assert.Empty(Directory.GetFiles(_store.Directory, "*.tmp"));
        Assert.Equal(_store.FindPin("contested:1")!.ToString(), Assert.Single(winners));
    }

    [Fact]
    public void Is_whole_after_writers_are_killed()
    {
        var random = new Random(1);
        var seen = new HashSet<Fingerprint>();
        for (int round = 0; round < 6; round++)
        {
            Process[] processes = [.. Enumerable.Range(0, 3).Select(i => Start($"r{round}w{i}", -1))];
            foreach (Process process in processes)
            {
                Assert.Equal("ready", process.StandardOutput.ReadLine());
            }

            // In the middle of writes: after the first new peer is there, at some moment. SIGKILL on Unix: no finally block runs.
            long deadline = Environment.TickCount64 + 30_000;
            while ((!Directory.Exists(_store.Directory) || Directory.GetFiles(_store.Directory, "*.json").Length <= seen.Count) && Environment.TickCount64 < deadline)
            {
                Thread.Sleep(5);
            }

            Thread.Sleep(random.Next(20, 150));
            foreach (Process process in processes)
            {
                Assert.False(process.HasExited, "A writer failed by itself.");
                process.Kill();
            }

            foreach (Process process in processes)
            {
                process.WaitForExit();
                process.Dispose();
            }

            // Every file is whole; the next writer is not held up and finds what was there. One killed while it removed a peer
            // may have left it without its address.
            IReadOnlyList<PeerRecord> peers = _store.List();
            Assert.All(peers, peer => Assert.Contains(string.Join(' ', peer.Addresses), new[] { $"{peer.Name}:7700", string.Empty }));
            Assert.InRange(peers.Count(peer => peer.Addresses.Count == 0), 0, 3 * (round + 1));
            Assert.True(peers.Count > seen.Count, "The writers were killed before they wrote anything.");
            Assert.Empty(seen.Except(peers.Select(peer => peer.Fingerprint)));

            long start = Stopwatch.GetTimestamp();
            _store.Add(Peers.New($"after-{round}", accept: true, $"after-{round}:7700"), replace: false);
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5);
            Assert.Empty(Directory.GetFiles(_store.Directory, "*.tmp"));
            seen = [.. _store.List().Select(peer => peer.Fingerprint)];
        }
    }

    private Process Start(string name, int count)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "TrustStoreWriter.dll"));
        start.ArgumentList.Add(_store.Directory);
        start.ArgumentList.Add(name);
        start.ArgumentList.Add(count.ToString(CultureInfo.InvariantCulture));
        return Process.Start(start)!;
    }
}
