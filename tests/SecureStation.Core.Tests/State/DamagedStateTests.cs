using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.State;

namespace SecureStation.Core.Tests.State;

/// <summary>A state that holds something and is cut off, damaged, copied, or not alone: one typed error or a state that opens, and nobody else's file is touched.</summary>
public sealed class DamagedStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StationKeyPair _key = StationKeyPair.Generate();

    private string StateFile => _folder.File("a.state");

    public void Dispose()
    {
        _folder.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void Cut_off_at_any_byte_it_is_an_error_and_left_as_it_is()
    {
        byte[] whole = MakeFull();
        for (int length = 0; length < whole.Length; length += length < 256 ? 1 : 97)
        {
            File.WriteAllBytes(StateFile, whole[..length]);
            StationException failure = Assert.Throws<StationException>(() => Open());
            Assert.Equal(StationFault.StateFailed, failure.Fault);
            Assert.Equal(length, new FileInfo(StateFile).Length);
        }

        File.WriteAllBytes(StateFile, whole);
        using StationState state = Open();
        Assert.Equal(20, Assert.Single(state.Shared.Take(static all => all)).Outgoing.Count);
    }

    [Fact]
    public void With_a_changed_byte_anywhere_it_opens_or_is_an_error()
    {
        byte[] whole = MakeFull();
        var random = new Random(5);
        int failures = 0;
        for (int round = 0; round < 300; round++)
        {
            byte[] changed = [.. whole];
            changed[round < 100 ? round : random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(StateFile, changed);
            failures += OpensOrFails() ? 0 : 1;
        }

        Assert.InRange(failures, 50, 300);
    }

    [Fact]
    public void With_its_log_cut_off_or_changed_it_opens_or_is_an_error()
    {
        (byte[] whole, byte[] log) = CopyInUse();
        var random = new Random(6);
        for (int round = 0; round < 200; round++)
        {
            File.WriteAllBytes(StateFile, whole);
            byte[] changed = log[..(round % 2 == 0 ? random.Next(log.Length) : log.Length)];
            if (round % 2 != 0)
            {
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(StateFile + "-wal", changed);
            OpensOrFails();
            File.Delete(StateFile + "-wal");
        }
    }

    [Fact]
    public void Somebody_elses_database_is_refused_and_not_changed()
    {
        using (var connection = new SqliteConnection($"Data Source={StateFile};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE song(name TEXT); INSERT INTO song VALUES('a'); PRAGMA user_version = 1";
            command.ExecuteNonQuery();
        }

        byte[] before = File.ReadAllBytes(StateFile);
        foreach (Action use in new Action[] { () => Open(), () => StationState.List(StateFile), () => StationState.Clear(StateFile) })
        {
            Assert.Equal(StationFault.StateFailed, Assert.Throws<StationException>(use).Fault);
            Assert.Equal(before, File.ReadAllBytes(StateFile));
        }
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-journal")]
    public void Somebody_elses_file_where_its_log_would_be_is_not_written_over(string suffix)
    {
        string other = StateFile + suffix;
        File.WriteAllText(other, "letter");
        Assert.Contains(other, Fails(() => Open()), StringComparison.Ordinal);
        Assert.False(File.Exists(StateFile));
        File.Delete(other);
        Open().Dispose();
        File.WriteAllText(other, "letter");
        Fails(() => Open());
        Fails(() => StationState.Clear(StateFile));
        Assert.Equal("letter", File.ReadAllText(other));
    }

    [Theory]
    [InlineData("4711\n")]
    [InlineData("letter")]
    [InlineData("")]
    public void Somebody_elses_file_where_its_holder_would_be_named_is_neither_written_nor_deleted(string text)
    {
        string other = StateFile + ".pid";
        File.WriteAllText(other, text);
        using (Open())
        {
            Assert.Contains("another process", Fails(() => StationState.List(StateFile)), StringComparison.Ordinal);
        }

        StationState.Clear(StateFile);
        Assert.Equal(text, File.ReadAllText(other));
        File.Delete(other);
        using (Open())
        {
            Assert.True(File.Exists(other));
        }

        Assert.False(File.Exists(other));
    }

    [Fact]
    public void A_link_leads_to_the_state_and_a_link_for_its_holder_is_left_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        string target = _folder.File("target");
        File.CreateSymbolicLink(StateFile, target);
        File.WriteAllText(_folder.File("victim"), "SecureStation state, in use by process 1\n");
        File.CreateSymbolicLink(target + ".pid", _folder.File("victim"));
        using (Open())
        {
            Assert.True(File.Exists(target));
            Fails(() => StationState.List(target));
        }

        Assert.Single(StationState.List(StateFile) is [] ? new[] { 0 } : []);
        StationState.Clear(StateFile);
        Assert.False(File.Exists(target));
        Assert.Equal("SecureStation state, in use by process 1\n", File.ReadAllText(_folder.File("victim")));
        File.Delete(StateFile);
        File.CreateSymbolicLink(StateFile, StateFile);
        Fails(() => Open());
    }

    [Fact]
    public void A_folder_that_is_not_there_or_takes_no_file_and_a_folder_itself_are_errors()
    {
        Fails(() => StationState.Open(_folder.File("none/a.state"), _key.PublicKey.Fingerprint));
        Directory.CreateDirectory(StateFile);
        Fails(() => Open());
        Fails(() => StationState.Clear(StateFile));
        if (OperatingSystem.IsLinux() && Directory.Exists("/proc/self"))
        {
            Fails(() => StationState.Open("/proc/self/a.state", _key.PublicKey.Fingerprint));
        }
    }

    [Fact]
    public void A_copy_taken_while_it_is_used_opens_or_is_an_error_and_the_state_goes_on()
    {
        (byte[] whole, byte[] log) = CopyInUse();
        string copy = _folder.File("copy.state");
        File.WriteAllBytes(copy, whole);
        File.WriteAllBytes(copy + "-wal", log);
        using (var state = StationState.Open(copy, _key.PublicKey.Fingerprint))
        {
            Assert.Equal(20, Assert.Single(state.Shared.Take(static all => all)).Outgoing.Count);
        }

        using StationState original = Open();
        Assert.Equal(20, Assert.Single(original.Shared.Take(static all => all)).Outgoing.Count);
    }

    private bool OpensOrFails()
    {
        try
        {
            using StationState state = Open();
            state.Shared.Take(static all => all);
            return true;
        }
        catch (StationException e) when (e.Fault == StationFault.StateFailed)
        {
            return false;
        }
    }

    private static string Fails(Action use)
    {
        StationException failure = Assert.Throws<StationException>(use);
        Assert.Equal(StationFault.StateFailed, failure.Fault);
        return failure.Message;
    }

    private StationState Open() => StationState.Open(StateFile, _key.PublicKey.Fingerprint);

    private byte[] MakeFull()
    {
        using (StationState state = Open())
        {
            Write(state);
        }

        return File.ReadAllBytes(StateFile);
    }

    private (byte[] File, byte[] Log) CopyInUse()
    {
        using StationState state = Open();
        Write(state);
        return (Read(StateFile), Read(StateFile + "-wal"));

        static byte[] Read(string path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
    }

    // A session with messages of several sizes, committed.
    private void Write(StationState state)
    {
        var journal = new SessionJournal(state.Shared.Retain());
        journal.Begin(new StoredSession { Id = new string('a', 32), Role = StationRole.Initiator, Address = "host:1", Peer = _key.PublicKey, Suite = "suite", Begun = DateTimeOffset.UtcNow });
        for (ulong id = 1; id <= 20; id++)
        {
            var message = new OutgoingMessage(StationMessageKind.Bytes, new byte[100 * (int)id]) { Headers = [new("name", "value")] };
            journal.Append(new OutgoingEntry(message, id, MessageCodec.Measure(message.Headers)));
        }

        state.Shared.Writer.Read(static _ => true, TimeSpan.FromSeconds(30));
        journal.ReleaseNow();
    }
}
