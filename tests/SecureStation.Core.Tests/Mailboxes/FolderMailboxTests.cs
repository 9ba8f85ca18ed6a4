using System.Runtime.Versioning;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Folder;

namespace SecureStation.Core.Tests.Mailboxes;

/// <summary>The folder, and what can be wrong with one.</summary>
public sealed class FolderMailboxTests : MailboxSuite, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Root => _folder.File("mail");

    private string InBox(string name) => Path.Combine(Root, Box, name);

    public void Dispose() => _folder.Dispose();

    protected override Task<IStationMailbox> OpenAsync(TimeSpan lease) =>
        Task.FromResult<IStationMailbox>(FolderMailbox.Open(Root, new MailboxOptions { LeaseDuration = lease }));

    [Fact]
    public async Task Leaves_foreign_files_alone()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(Box, Letter("mine"), isDurable: false, Token);
        foreach (string foreign in (string[])["new/.DS_Store", "new/0000notes.txt", "cur/a.1.b", "dead/readme.md", "tmp/x"])
        {
            await File.WriteAllTextAsync(InBox(foreign), "foreign", Token);
        }

        string letterName = "000000000000-00000000000000000000000000000000";
        Directory.CreateDirectory(InBox($"new/{letterName}"));
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(InBox("new/000000000001-00000000000000000000000000000000"), "/etc/passwd");
        }

        MailLease lease = await TakeAsync(mailbox);
        Assert.Equal("mine", Text(lease));
        await lease.CompleteAsync(Token);
        Assert.Null(await mailbox.TakeAsync(Box, MailState.Waiting, TimeSpan.Zero, Token));
        Assert.Equal("foreign", await File.ReadAllTextAsync(InBox("new/0000notes.txt"), Token));
        Assert.True(Directory.Exists(InBox($"new/{letterName}")));
    }

    [Fact]
    public async Task Says_what_cannot_be_read_and_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes with names are Unix's.");
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(Box, Letter("mine"), isDurable: false, Token);
        string pipe = InBox("new/000000000000-00000000000000000000000000000000");
        Assert.Equal(0, System.Diagnostics.Process.Start("mkfifo", [pipe]) is { } process ? await Exit(process) : 1);

        MailLease odd = await TakeAsync(mailbox);
        Assert.Equal(StationFault.MailboxUnavailable, odd.Problem?.Fault);
        await odd.BuryAsync("MailboxUnavailable", Token);
        Assert.Equal("mine", Text(await TakeAsync(mailbox)));

        static async Task<int> Exit(System.Diagnostics.Process process)
        {
            await process.WaitForExitAsync(Token);
            return process.ExitCode;
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Refuses_a_folder_that_cannot_be_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Root may write everywhere.");
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(Box, Letter("mine"), isDurable: false, Token);
        File.SetUnixFileMode(InBox("tmp"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            StationException refused = await Assert.ThrowsAsync<StationException>(() => mailbox.PutAsync(Box, Letter("more"), isDurable: false, Token));
            Assert.Equal(StationFault.MailboxUnavailable, refused.Fault);
        }
        finally
        {
            File.SetUnixFileMode(InBox("tmp"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task Refuses_what_is_no_folder_or_a_link_or_of_another_version()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "x", Token);
        StationAssert.Fails(StationFault.InvalidArgument, () => FolderMailbox.Open(_folder.File("file")));
        StationAssert.Fails(StationFault.MailboxUnavailable, () => FolderMailbox.Open(_folder.File("file/below")));

        await using (await OpenAsync())
        {
            await File.WriteAllTextAsync(Path.Combine(Root, "station-mailbox"), "SecureStation mailbox 2\n", Token);
            StationAssert.Fails(StationFault.MailboxUnavailable, () => FolderMailbox.Open(Root));
            File.Delete(Path.Combine(Root, "station-mailbox"));
        }

        if (!OperatingSystem.IsWindows())
        {
            await using IStationMailbox mailbox = await OpenAsync();
            string elsewhere = Directory.CreateDirectory(_folder.File("elsewhere")).FullName;
            Directory.CreateSymbolicLink(Path.Combine(Root, Box), elsewhere);
            StationException refused = await Assert.ThrowsAsync<StationException>(() => mailbox.PutAsync(Box, Letter("x"), isDurable: false, Token));
            Assert.Contains("link", refused.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Gives_every_folder_and_file_the_rights_of_the_root()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix's.");
        Directory.CreateDirectory(Root);
        UnixFileMode shared = (UnixFileMode)Convert.ToInt32("2770", 8);
        File.SetUnixFileMode(Root, shared);
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(Box, Letter("x"), isDurable: true, Token);

        Assert.Equal(shared, File.GetUnixFileMode(InBox("new")));
        string letter = Directory.EnumerateFiles(InBox("new")).Single();
        Assert.Equal((UnixFileMode)Convert.ToInt32("660", 8), File.GetUnixFileMode(letter));
    }

    [Fact]
    public async Task Drops_the_oldest_of_too_many_dead_letters()
    {
        await using IStationMailbox mailbox = FolderMailbox.Open(Root, new MailboxOptions { MaxDead = 2 });
        for (int i = 0; i < 4; i++)
        {
            await mailbox.PutAsync(Box, new MailboxLetter(new byte[] { (byte)i }, DateTimeOffset.UnixEpoch.AddSeconds(i)), isDurable: false, Token);
            await (await TakeAsync(mailbox)).BuryAsync("SealBroken", Token);
        }

        Assert.Equal(2, (await mailbox.CountAsync(Box, Token)).Dead);
        Assert.Equal(2, (await TakeAsync(mailbox, MailState.Dead)).Body.Span[0]);
        Assert.Equal(3, (await TakeAsync(mailbox, MailState.Dead)).Body.Span[0]);
    }

    [Fact]
    public async Task Forgets_records_with_their_day_and_raises_the_mark_first()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        IMailRecords records = mailbox.OpenRecords(Box);
        var day = new DateTimeOffset(2026, 11, 20, 13, 0, 0, TimeSpan.Zero);
        var key = MailRecordKey.Of(new byte[32], new byte[16]);
        await records.OpenAsync(key, day, Token);

        Assert.Equal(DateTimeOffset.UnixEpoch, await records.PruneAsync(day.AddDays(2), Token));
        Assert.False((await records.OpenAsync(key, day, Token)).IsNew);

        var mark = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(mark, await records.PruneAsync(mark.AddDays(2), Token));

        // The clock goes back, and the mark does not; it goes on years, and the mark no further than what is forgotten.
        Assert.Equal(mark, await records.PruneAsync(day.AddYears(-5), Token));
        Assert.Equal(mark, await records.PruneAsync(day.AddYears(5), Token));
        Assert.True((await records.OpenAsync(key, day, Token)).IsNew);
    }

    [Fact]
    public async Task Forgets_nothing_for_a_clock_that_jumps_ahead_alone()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        IMailRecords records = mailbox.OpenRecords(Box);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var key = MailRecordKey.Of(new byte[32], new byte[16]);
        await records.OpenAsync(key, now.AddDays(7), Token);

        // What was written down last was written today: mail of today must still be taken when the clock is right again.
        Assert.Equal(DateTimeOffset.UnixEpoch, await records.PruneAsync(now.AddDays(100), Token));
        Assert.False((await records.OpenAsync(key, now.AddDays(7), Token)).IsNew);
    }

    [Fact]
    public async Task Leaves_nothing_in_view_on_a_full_disk()
    {
        using TinyDisk? disk = TinyDisk.TryMake(Root);
        Assert.SkipWhen(disk is null, "A disk of 1 MiB needs root and mount (Linux).");
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(Box, Letter("first"), isDurable: true, Token);
        StationException full = await Assert.ThrowsAsync<StationException>(
            () => mailbox.PutAsync(Box, new MailboxLetter(new byte[2_000_000], DateTimeOffset.UtcNow), isDurable: true, Token));

        Assert.Equal(StationFault.MailboxFull, full.Fault);
        Assert.Empty(Directory.EnumerateFiles(InBox("tmp")));
        Assert.Equal("first", Text(await TakeAsync(mailbox)));
        await mailbox.PutAsync(Box, Letter("second"), isDurable: true, Token);
    }
}
