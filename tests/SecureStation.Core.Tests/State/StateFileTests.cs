using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;
using SecureStation.Core.State;

namespace SecureStation.Core.Tests.State;

/// <summary>The file of a state: whose it is, who may open it, and what is said of one that is not whole. What was good stays good.</summary>
public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StationKeyPair _key = StationKeyPair.Generate();

    private string File => Path.Combine(_folder.Path, "a.state");

    public void Dispose()
    {
        _folder.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void It_is_for_its_owner_alone_and_opens_again()
    {
        Open().Dispose();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        }

        Open().Dispose();
        Assert.Empty(StationState.List(File));
    }

    [Fact]
    public void It_is_shared_within_a_process_and_closed_by_the_last()
    {
        StationState one = Open();
        StationState two = Open();
        one.Dispose();
        one.Dispose();
        Assert.Contains(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), Fails(() => StationState.List(File)).Message, StringComparison.Ordinal);
        two.Dispose();
        Assert.Empty(StationState.List(File));
    }

    [Fact]
    public void That_of_another_station_is_refused_and_stays()
    {
        Open().Dispose();
        using var other = StationKeyPair.Generate();
        Assert.Contains("another station", Fails(() => StationState.Open(File, other.PublicKey.Fingerprint)).Message, StringComparison.Ordinal);
        Open().Dispose();
    }

    [Fact]
    public void That_of_a_newer_version_is_refused_and_stays()
    {
        Open().Dispose();
        Run("PRAGMA user_version = 2");
        Assert.Contains("newer version", Fails(() => Open()).Message, StringComparison.Ordinal);
        Run("PRAGMA user_version = 1");
        Open().Dispose();
    }

    [Fact]
    public void Cut_off_anywhere_it_is_an_error_and_the_rest_is_left_as_it_is()
    {
        Open().Dispose();
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int length = 0; length < whole.Length; length += length < 100 ? 33 : 2999)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Fails(() => Open());
            Assert.Equal(whole[..length], System.IO.File.ReadAllBytes(File));
        }

        System.IO.File.WriteAllBytes(File, whole);
        Open().Dispose();
    }

    [Fact]
    public void What_is_no_state_is_refused_and_a_damaged_one_can_be_cleared()
    {
        // Somebody's file, named by mistake: nothing of it is touched.
        string other = new('x', 5000);
        System.IO.File.WriteAllText(File, other);
        Fails(() => Open());
        Fails(() => StationState.Clear(File));
        Assert.Equal(other, System.IO.File.ReadAllText(File));

        System.IO.File.Delete(File);
        Open().Dispose();
        byte[] damaged = System.IO.File.ReadAllBytes(File);
        damaged.AsSpan(100).Fill(0xEE);
        System.IO.File.WriteAllBytes(File, damaged);
        Fails(() => Open());
        StationState.Clear(File);
        Assert.False(System.IO.File.Exists(File));
        Assert.Equal(StationFault.NotFound, Assert.Throws<StationException>(() => StationState.Clear(File)).Fault);
    }

    [Fact]
    public void Its_passphrase_opens_it_and_no_other()
    {
        StationState.Open(File, _key.PublicKey.Fingerprint, "right").Dispose();
        Assert.Equal(StationFault.WrongPassphrase, Assert.Throws<StationException>(() => StationState.Open(File, _key.PublicKey.Fingerprint, "wrong")).Fault);
        Assert.Equal(StationFault.WrongPassphrase, Assert.Throws<StationException>(() => Open()).Fault);
        StationState.Open(File, _key.PublicKey.Fingerprint, "right").Dispose();
    }

    [Fact]
    public void Who_shares_it_within_a_process_needs_its_passphrase_too()
    {
        using (StationState.Open(File, _key.PublicKey.Fingerprint, "right"))
        {
            Assert.Equal(StationFault.WrongPassphrase, Assert.Throws<StationException>(() => StationState.Open(File, _key.PublicKey.Fingerprint, "wrong")).Fault);
            Assert.Equal(StationFault.WrongPassphrase, Assert.Throws<StationException>(() => Open()).Fault);
            StationState.Open(File, _key.PublicKey.Fingerprint, "right").Dispose();
        }

        StationState.Clear(File);
        using (Open())
        {
            Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => StationState.Open(File, _key.PublicKey.Fingerprint, "any")).Fault);
        }

        Assert.Empty(StationState.List(File));
    }

    private static StationException Fails(Action open)
    {
        StationException failure = Assert.Throws<StationException>(open);
        Assert.Equal(StationFault.StateFailed, failure.Fault);
        return failure;
    }

    private StationState Open() => StationState.Open(File, _key.PublicKey.Fingerprint);

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
