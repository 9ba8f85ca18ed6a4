using System.Runtime.Versioning;
using SecureStation.Core.Auditing;

namespace SecureStation.Core.Tests.Auditing;

// The trail is the process's: what other tests do is told here too, so these run alone.
[Collection(nameof(Alone))]
public sealed class StationLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => _folder.File("station.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_told_is_in_the_file_in_its_order()
    {
        await WriteAsync("a", "b", "c");
        StationLogEntry[] entries = [.. StationLogFile.Read(Path)];
        Assert.Equal(["a", "b", "c"], Ours(entries));
        Assert.Equal(AuditEventKind.LogStarted, entries[0].Event?.Kind);
        Assert.Equal(AuditEventKind.LogStopped, entries[^1].Event?.Kind);
        Assert.Equal(Enumerable.Range(1, entries.Length).Select(static n => (long)n), entries.Select(static entry => entry.Sequence));
        Assert.True(StationLogVerifier.Verify(Path, cancellationToken: Token).IsValid);
    }

    [Fact]
    public async Task A_second_run_goes_on_with_the_chain()
    {
        await WriteAsync("a");
        string last = StationLogVerifier.Verify(Path, cancellationToken: Token).LastHash!;
        await WriteAsync("b");
        StationLogReport report = StationLogVerifier.Verify(Path, last, Token);
        Assert.True(report.IsValid, report.ToString());
        Assert.Equal(["a", "b"], Ours(StationLogFile.Read(Path)));
    }

    [Fact]
    public async Task Every_changed_byte_is_found()
    {
        await WriteAsync("a", "b");
        byte[] good = await File.ReadAllBytesAsync(Path, Token);

        // The last line has none behind it that names its hash: that is what a kept hash is for.
        string last = StationLogVerifier.Verify(Path, cancellationToken: Token).LastHash!;
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 1;
            await File.WriteAllBytesAsync(Path, bad, Token);
            Assert.False(StationLogVerifier.Verify(Path, last, Token).IsValid, $"byte {i}");
        }
    }

    [Fact]
    public async Task Lines_taken_out_put_in_or_moved_are_found()
    {
        await WriteAsync("a", "b", "c");
        string[] lines = await File.ReadAllLinesAsync(Path, Token);
        string last = StationLogVerifier.Verify(Path, cancellationToken: Token).LastHash!;
        foreach (string[] bad in new string[][]
        {
            lines[1..],
            [.. lines[..1], .. lines[2..]],
            [lines[0], lines[2], lines[1], .. lines[3..]],
            [lines[0], lines[1], lines[1], .. lines[2..]],
            [.. lines, "{}"],
        })
        {
            await File.WriteAllTextAsync(Path, string.Join('\n', bad) + "\n", Token);
            Assert.False(StationLogVerifier.Verify(Path, cancellationToken: Token).IsValid);
        }

        await File.WriteAllTextAsync(Path, string.Join('\n', lines[..^2]) + "\n", Token);
        Assert.True(StationLogVerifier.Verify(Path, cancellationToken: Token).IsValid);
        Assert.False(StationLogVerifier.Verify(Path, last, Token).IsValid);
    }

    [Fact]
    public async Task A_torn_last_line_is_cut_off_at_any_byte_and_the_log_says_so()
    {
        await WriteAsync("a");
        byte[] good = await File.ReadAllBytesAsync(Path, Token);
        int lastLine = good.AsSpan(0, good.Length - 1).LastIndexOf((byte)'\n') + 1;
        for (int end = lastLine + 1; end < good.Length; end += 7)
        {
            await File.WriteAllBytesAsync(Path, good[..end], Token);
            Assert.False(StationLogVerifier.Verify(Path, cancellationToken: Token).IsValid);
            await WriteAsync("b");
            Assert.True(StationLogVerifier.Verify(Path, cancellationToken: Token).IsValid);
            Assert.Contains(StationLogFile.Read(Path), static entry => entry.Event is { Kind: AuditEventKind.LogStarted, Detail: { } detail } && detail.Contains("torn", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task One_writer_at_a_time()
    {
        await using StationLog log = StationLog.Start(Path);
        StationAssert.Fails(StationFault.StorageFailed, () => StationLog.Start(Path));
    }

    [Theory]
    [InlineData("hello\n")]
    [InlineData("hello")]
    [InlineData("{\"seq\":1}\n")]
    [InlineData("{\"seq\":0,\"time\":\"2026-11-28T08:00:00Z\",\"event\":\"ended\",\"previous\":\"\"}\n")]
    public void A_file_that_is_no_log_is_not_written_to(string content)
    {
        File.WriteAllText(Path, content);
        StationAssert.Fails(StationFault.LogDamaged, () => StationLog.Start(Path));
        Assert.Equal(content, File.ReadAllText(Path));
    }

    [Fact]
    public void Lines_without_an_end_are_bounded()
    {
        File.WriteAllText(Path, new string('x', 1_000_000));
        StationLogEntry entry = Assert.Single(StationLogFile.Read(Path));
        Assert.NotNull(entry.Problem);
        StationAssert.Fails(StationFault.LogDamaged, () => StationLog.Start(Path));
    }

    [Fact]
    public async Task What_a_peer_chose_cannot_end_a_line_or_steer_a_terminal()
    {
        await WriteAsync("a\r\n{\"seq\":1}\u001b[31m\u202e");
        string text = await File.ReadAllTextAsync(Path, Token);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u202e', text);
        Assert.True(StationLogVerifier.Verify(Path, cancellationToken: Token).IsValid);
        Assert.Equal("a<U+000D><U+000A>{\"seq\":1}<U+001B>[31m<U+202E>", Ours(StationLogFile.Read(Path)).Single());
    }

    [Fact]
    public async Task A_flood_is_counted_and_the_count_is_written_at_the_end()
    {
        await using (StationLog log = StationLog.Start(Path))
        {
            for (int i = 0; i < 1000; i++)
            {
                AuditTrail.Report(new AuditEvent(AuditEventKind.Refused) { Address = $"192.0.2.7:{i}", Reason = "Test" });
            }

            await log.StopAsync();
            Assert.Equal(0, log.Lost);
        }

        StationLogEntry[] refusals = [.. StationLogFile.Read(Path).Where(static entry => entry.Event?.Reason == "Test")];
        Assert.Equal(1000, refusals.Sum(static entry => entry.Count));
        Assert.InRange(refusals.Length, 2, 100);
    }

    [Fact]
    public async Task Writers_on_many_threads_lose_nothing()
    {
        await using (StationLog log = StationLog.Start(Path))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
            {
                for (int i = 0; i < 200; i++)
                {
                    AuditTrail.Report(Ours($"{thread}-{i}"));
                }
            }, Token)));
            await log.StopAsync();
            Assert.Equal(0, log.Lost);
        }

        Assert.Equal(1600, Ours(StationLogFile.Read(Path)).Distinct().Count());
        Assert.True(StationLogVerifier.Verify(Path, cancellationToken: Token).IsValid);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_new_log_is_its_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix's.");
        await StationLog.Start(Path).DisposeAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    private static AuditEvent Ours(string text) => new(AuditEventKind.Request) { Session = "ours", Detail = text };

    private static string[] Ours(IEnumerable<StationLogEntry> entries) =>
        [.. entries.Where(static entry => entry.Event?.Session == "ours").Select(static entry => entry.Event!.Detail!)];

    private async Task WriteAsync(params string[] texts)
    {
        await using StationLog log = StationLog.Start(Path);
        Array.ForEach(texts, static text => AuditTrail.Report(Ours(text)));
        await log.StopAsync();
    }
}
