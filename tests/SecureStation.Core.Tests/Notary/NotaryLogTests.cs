using System.Security.Cryptography;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Log;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Tests.Notary;

/// <summary>The log: what was done to it is found, and where; a torn end is repaired; nothing is given out that is not on the disk.</summary>
public sealed class NotaryLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StationKeyPair _key = StationKeyPair.Generate();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => _folder.File("notary.log");

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Untouched_log_is_valid_and_its_tail_is_checked_against_a_head()
    {
        NotaryLogHead head = await WriteAsync(5);
        Assert.Equal(head, NotaryLogHead.Parse(head.ToString()));
        Assert.True(head.HasValidSignature());

        NotaryLogReport report = Verify();
        Assert.True(report.IsValid, report.ToString());
        Assert.Equal((5, NotaryLogTail.NotCheckable), (report.EntryCount, report.Tail));
        Assert.Equal(head, report.Head);
        Assert.Equal(NotaryLogTail.Reached, Verify(head).Tail);
        Assert.True(new NotaryLogVerifier(head, _key.Fingerprint, TestCertificates.Trust).AddAll(NotaryLogFile.Read(Path)).Finish().IsValid);
    }

    [Fact]
    public async Task Edited_entry_is_located()
    {
        NotaryLogHead head = await WriteAsync(5);
        Edit(lines => lines[2] = lines[2].Replace(lines[2].Split(' ')[5][40..48], "AAAAAAAA", StringComparison.Ordinal));
        RequireOnly(Verify(head), NotaryLogProblemKind.Edited, 3);
    }

    [Fact]
    public async Task Garbage_line_is_located()
    {
        await WriteAsync(3);
        Edit(lines => lines.Insert(1, "garbage"));
        NotaryLogProblem problem = Assert.Single(Verify().Problems);
        Assert.Equal((NotaryLogProblemKind.Malformed, 2L), (problem.Kind, problem.Line));
    }

    [Fact]
    public async Task Swapped_entries_are_located()
    {
        await WriteAsync(5);
        Edit(lines => (lines[1], lines[2]) = (lines[2], lines[1]));
        RequireOnly(Verify(), NotaryLogProblemKind.OutOfOrder, 2);
    }

    [Fact]
    public async Task Missing_and_repeated_entries_are_located()
    {
        await WriteAsync(6);
        Edit(lines => lines.RemoveRange(2, 2));
        NotaryLogReport report = Verify();
        RequireOnly(report, NotaryLogProblemKind.Missing, 3);
        Assert.Contains("3 to 4", report.Problems[0].Message, StringComparison.Ordinal);

        Edit(lines => lines.Insert(1, lines[0]));
        Assert.Contains(Verify().Problems, one => one.Kind == NotaryLogProblemKind.Repeated && one.Sequence == 1);
    }

    [Fact]
    public async Task Cut_tail_is_found_only_against_a_head()
    {
        NotaryLogHead head = await WriteAsync(5);
        Edit(lines => lines.RemoveRange(3, 2));
        Assert.True(Verify().IsValid);
        NotaryLogReport report = Verify(head);
        RequireOnly(report, NotaryLogProblemKind.Cut, 4);
        Assert.Equal(NotaryLogTail.Cut, report.Tail);
        File.WriteAllText(Path, "");
        RequireOnly(Verify(head), NotaryLogProblemKind.Cut, 1);
    }

    [Fact]
    public async Task Log_made_up_whole_is_found_by_head_or_key()
    {
        NotaryLogHead head = await WriteAsync(3);
        List<string> original = [.. File.ReadAllLines(Path)];

        // Whoever has the key can write another end; the head that was kept shows it.
        Edit(lines => lines.RemoveAt(2));
        await WriteAsync(1);
        RequireOnly(Verify(head), NotaryLogProblemKind.HeadMismatch, 3);

        // Whoever has not, signs with another key.
        File.WriteAllLines(Path, original.Take(1));
        using StationKeyPair other = StationKeyPair.Generate();
        await WriteAsync(2, other);
        Assert.True(Verify().IsValid);
        Assert.Equal(2, Verify().Keys.Count);
        NotaryLogReport report = new NotaryLogVerifier(key: _key.Fingerprint).AddAll(NotaryLogFile.Read(Path)).Finish();
        Assert.Equal([2L, 3L], report.Problems.Where(one => one.Kind == NotaryLogProblemKind.WrongKey).Select(one => one.Sequence));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    public async Task Torn_last_line_is_reported_and_repaired(int cut)
    {
        await WriteAsync(3);
        using (FileStream file = File.Open(Path, FileMode.Open))
        {
            file.SetLength(file.Length - cut);
        }

        NotaryLogProblem problem = Assert.Single(Verify().Problems);
        Assert.Equal((NotaryLogProblemKind.Malformed, 3L), (problem.Kind, problem.Line));
        await using (NotaryLog log = NotaryLog.Open(Path, _key))
        {
            Assert.InRange(log.RepairedBytes, 100, 10_000);
            Assert.Equal(2, log.Count);
            await log.AppendAsync(await CreateTokenAsync());
        }

        Assert.True(Verify().IsValid);
        Assert.Equal(3, Verify().EntryCount);
    }

    [Fact]
    public async Task Damaged_end_is_not_written_to()
    {
        await WriteAsync(2);
        Edit(lines => lines[1] = lines[1][..^8] + "AAAAAA==");
        StationAssert.Fails(StationFault.NotaryLogDamaged, () => NotaryLog.Open(Path, _key));
        File.WriteAllText(Path, "some other file\n");
        StationAssert.Fails(StationFault.NotaryLogDamaged, () => NotaryLog.Open(Path, _key));
    }

    [Fact]
    public async Task One_writer_at_a_time()
    {
        await using NotaryLog log = NotaryLog.Open(Path, _key);
        StationAssert.Fails(StationFault.StorageFailed, () => NotaryLog.Open(Path, _key));
    }

    [Fact]
    public async Task Times_go_on_after_a_restart_with_an_earlier_clock()
    {
        var clock = new ManualClock();
        DateTimeOffset last;
        await using (NotaryLog log = NotaryLog.Open(Path, _key))
        {
            last = (await GrantAsync(log, clock))!.Time;
        }

        clock.Now -= TimeSpan.FromMilliseconds(500);
        await using NotaryLog again = NotaryLog.Open(Path, _key);
        Assert.Equal(last, (await GrantAsync(again, clock))!.Time);
        clock.Now -= TimeSpan.FromHours(1);
        Assert.Null(await GrantAsync(again, clock));
    }

    [Fact]
    public async Task Token_that_cannot_be_logged_is_not_given_out()
    {
        NotaryLog log = NotaryLog.Open(Path, _key);
        await log.DisposeAsync();
        Assert.Null(await GrantAsync(log, new ManualClock()));
        Assert.Empty(NotaryLogFile.Read(Path));
    }

    [Fact]
    public async Task Cancelled_places_leave_no_gap()
    {
        await using (NotaryLog log = NotaryLog.Open(Path, _key))
        {
            byte[] token = await CreateTokenAsync();
            LogTicket first = log.Reserve(), second = log.Reserve(), third = log.Reserve();
            Task written = third.CommitAsync(token);
            await Task.Delay(50, Token);
            Assert.False(written.IsCompleted);
            second.Cancel();
            await Task.WhenAll(first.CommitAsync(token), written);
        }

        Assert.True(Verify().IsValid);
        Assert.Equal(2, Verify().EntryCount);
    }

    [Fact]
    public void Long_and_binary_files_are_read_in_bounds()
    {
        File.WriteAllBytes(Path, new byte[1_000_000]);
        Assert.Contains("longer", Assert.Single(NotaryLogFile.Read(Path)).Problem, StringComparison.Ordinal);
        File.WriteAllBytes(Path, RandomNumberGenerator.GetBytes(100_000));
        Assert.All(NotaryLogFile.Read(Path), entry => Assert.NotNull(entry.Problem));
        Assert.Equal(StationFault.NotFound, Assert.Throws<StationException>(() => NotaryLogFile.Read(_folder.File("none")).Count()).Fault);
    }

    private async Task<NotaryLogHead> WriteAsync(int count, StationKeyPair? key = null)
    {
        await using NotaryLog log = NotaryLog.Open(Path, key ?? _key);
        for (int i = 0; i < count; i++)
        {
            await log.AppendAsync(await CreateTokenAsync());
        }

        return log.Head!;
    }

    private void Edit(Action<List<string>> edit)
    {
        List<string> lines = [.. File.ReadAllLines(Path)];
        edit(lines);
        File.WriteAllText(Path, string.Concat(lines.Select(line => line + "\n")));
    }

    private NotaryLogReport Verify(NotaryLogHead? head = null) => new NotaryLogVerifier(head).AddAll(NotaryLogFile.Read(Path)).Finish();

    private static void RequireOnly(NotaryLogReport report, NotaryLogProblemKind kind, long sequence)
    {
        NotaryLogProblem problem = Assert.Single(report.Problems);
        Assert.Equal((kind, sequence), (problem.Kind, problem.Sequence));
        Assert.False(report.IsValid);
    }

    private static async Task<byte[]> CreateTokenAsync()
    {
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa });
        var request = TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData("x"u8));
        return TimeStampResponse.Parse(await authority.RespondAsync(request.ToBytes(), Token)).TokenBytes!.Value.ToArray();
    }

    private static async Task<TimeStampToken?> GrantAsync(NotaryLog log, TimeProvider clock)
    {
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa, Log = log, Clock = clock });
        var request = TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData("x"u8));
        return TimeStampResponse.Parse(await authority.RespondAsync(request.ToBytes(), Token)).TokenBytes is { } token ? TimeStampToken.Parse(token) : null;
    }
}
