using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

/// <summary>What is asked at every connection is one file; the index says where to look, and is never believed.</summary>
public sealed class TrustIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileTrustStore _store;

    public TrustIndexTests() => _store = new FileTrustStore(_folder.File("peers"));

    private string Entries => Path.Combine(_store.Directory, "index", "entries");

    private string Writing => Path.Combine(_store.Directory, "index", "writing");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_index_whose_last_line_has_no_end_names_what_the_others_name()
    {
        PeerRecord alice = Peers.New("alice", accept: true, "alice:1");
        byte[] lines = TrustIndex.Empty.WithName("alice", alice.Fingerprint).WithPin("alice:1", alice.Fingerprint).Lines.ToArray();
        var damaged = new TrustIndex(lines.AsMemory(..^1));
        Assert.Equal([alice.Fingerprint], damaged.KeysOf("alice"));
        Assert.Empty(damaged.AddressesOf(alice.Fingerprint));
    }

    [Fact]
    public void Accept_is_read_from_the_keys_own_file_and_no_other()
    {
        PeerRecord alice = Peers.New("alice", accept: true, "alice:1");
        PeerRecord bob = Peers.New("bob", accept: true, "bob:1");
        _store.Add(alice, replace: false);
        _store.Add(bob, replace: false);
        foreach (string file in Directory.GetFiles(_store.Directory, "*.pin").Append(PeerFile.Path(_store.Directory, bob.Fingerprint)))
        {
            File.WriteAllText(file, "damage");
        }

        using StationKeyPair own = StationKeyPair.Generate();
        var trust = new ListenerTrust { Store = _store };
        Assert.Equal(TrustBasis.Accepted, trust.Decide(alice.PublicKey!, own).Basis);

        // Without the help of the store's own code, too: nothing is remembered of what the file said.
        File.Delete(PeerFile.Path(_store.Directory, alice.Fingerprint));
        Assert.False(trust.Decide(alice.PublicKey!, own).IsTrusted);
    }

    [Fact]
    public void A_name_is_looked_for_in_the_files_that_the_index_names()
    {
        PeerRecord alice = Peers.New("Alice", accept: false, "alice:1", "alice:2");
        PeerRecord bob = Peers.New("bob", accept: false, "bob:1");
        _store.Add(alice, replace: false);
        _store.Add(bob, replace: false);
        File.WriteAllText(PeerFile.Path(_store.Directory, bob.Fingerprint), "damage");
        File.WriteAllText(PinFile.Path(_store.Directory, "bob:1"), "damage");

        PeerRecord found = _store.FindByName("aLICE")!;
        Assert.Equal(alice.Fingerprint, found.Fingerprint);
        Assert.Equal(["alice:1", "alice:2"], found.Addresses);
        StationAssert.Fails(StationFault.TrustStoreDamaged, () => _store.FindByName("BOB"));

        // It may be the damaged one that is meant.
        StationAssert.Fails(StationFault.TrustStoreDamaged, () => _store.FindByName("carol"));
    }

    [Theory]
    [InlineData("an index that names the wrong record and address")]
    [InlineData("an index of nothing")]
    [InlineData("no index")]
    [InlineData("half an index")]
    [InlineData("bytes")]
    [InlineData("a pipe that nobody writes into")]
    public void An_index_is_never_believed(string damage)
    {
        PeerRecord alice = Peers.New("alice", accept: false, "alice:1");
        PeerRecord bob = Peers.New("bob", accept: false, "bob:1");
        _store.Add(alice, replace: false);
        _store.Add(bob, replace: false);
        string right = File.ReadAllText(Entries);
        switch (damage)
        {
            case "no index":
                File.Delete(Entries);
                break;
            case "half an index":
                File.WriteAllText(Entries, right[..(right.Length / 2)]);
                break;
            case "bytes":
                File.WriteAllBytes(Entries, new byte[1000]);
                break;
            case "a pipe that nobody writes into":
                Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes among files are Unix's.");
                File.Delete(Entries);
                using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", ["-m", "600", Entries]))
                {
                    mkfifo.WaitForExit();
                }

                break;
            case "an index of nothing":
                File.WriteAllText(Entries, right[..right.IndexOf('\n', StringComparison.Ordinal)] + "\nend\n");
                break;
            default:
                File.WriteAllText(Entries, right
                    .Replace($"name ALICE\t{alice.Fingerprint.ToHex()}", $"name ALICE\t{bob.Fingerprint.ToHex()}\nname ALICE\tnonsense", StringComparison.Ordinal)
                    .Replace($"pin {alice.Fingerprint.ToHex()} alice:1", $"pin {alice.Fingerprint.ToHex()} bob:1", StringComparison.Ordinal));
                break;
        }

        Assert.Equal(alice.Fingerprint, _store.FindByName("alice")!.Fingerprint);
        Assert.Equal(bob.Fingerprint, _store.FindByName("bob")!.Fingerprint);
        Assert.DoesNotContain("bob:1", _store.Find(alice.Fingerprint)!.Addresses);
        Assert.Equal(2, _store.List().Count);
    }

    [Fact]
    public void Files_that_are_copied_in_are_found()
    {
        PeerRecord alice = Peers.New("alice", accept: false, "alice:1");
        PeerRecord bob = Peers.New("bob", accept: false, "bob:1");
        _store.Add(alice, replace: false);
        var other = new FileTrustStore(_folder.File("other"));
        other.Add(bob, replace: false);
        foreach (string file in Directory.GetFiles(other.Directory, "*.json").Concat(Directory.GetFiles(other.Directory, "*.pin")))
        {
            File.Copy(file, Path.Combine(_store.Directory, Path.GetFileName(file)));
        }

        Assert.Equal(["bob:1"], _store.FindByName("bob")!.Addresses);
        StationAssert.Fails(StationFault.PeerAmbiguous, () => _store.Add(Peers.New("BOB"), replace: false));
        Assert.True(_store.Remove(bob.Fingerprint));
        Assert.Null(_store.FindPin("bob:1"));
        Assert.Equal(["alice:1"], _store.FindByName("alice")!.Addresses);
    }

    [Fact]
    public void What_a_writer_left_that_died_is_cleared_by_the_next()
    {
        PeerRecord alice = Peers.New("alice", accept: false, "alice:1");
        _store.Add(alice, replace: false);

        // As after a kill between the pin and the record of bob.
        PeerRecord bob = Peers.New("bob", accept: false, "bob:1");
        File.WriteAllText(Writing, string.Empty);
        File.WriteAllBytes(PinFile.Path(_store.Directory, "bob:1"), new PinFile("bob:1", bob.Fingerprint).Format());
        string leftover = PeerFile.Path(_store.Directory, bob.Fingerprint) + ".0123456789abcdef.tmp";
        File.WriteAllText(leftover, "{ half a rec");

        Assert.Equal(["alice:1"], _store.FindByName("alice")!.Addresses);
        _store.Add(bob with { Addresses = [] }, replace: false);
        Assert.False(File.Exists(leftover));
        Assert.False(File.Exists(Writing));
        Assert.Equal(["bob:1"], _store.FindByName("bob")!.Addresses);
        Assert.True(_store.Remove(bob.Fingerprint));
        Assert.Null(_store.FindPin("bob:1"));
    }

    [Fact]
    public void The_index_follows_every_change()
    {
        PeerRecord alice = Peers.New("alice", accept: false, "a:1", "a:2");
        PeerRecord bob = Peers.New("bob é\u0131ß", accept: false, "b:1");
        _store.Add(alice, replace: false);
        _store.Add(bob, replace: false);
        _store.Update(alice.Fingerprint, record => record with { Name = "bob", Addresses = ["a:2", "a:3"] });
        _store.Update(bob.Fingerprint, record => record with { Name = "Alice" });
        _store.Pin("b:2", bob.Fingerprint);
        string[] expected =
        [
            $"name ALICE\t{bob.Fingerprint.ToHex()}", $"name BOB\t{alice.Fingerprint.ToHex()}",
            $"pin {alice.Fingerprint.ToHex()} a:2", $"pin {alice.Fingerprint.ToHex()} a:3",
            $"pin {bob.Fingerprint.ToHex()} b:1", $"pin {bob.Fingerprint.ToHex()} b:2",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Lines());
        _store.Add(Peers.New("alice", accept: false, "c:1"), replace: true);
        Assert.True(_store.Remove(alice.Fingerprint));
        Fingerprint third = Assert.Single(_store.List()).Fingerprint;
        Assert.Equal([$"name ALICE\t{third.ToHex()}", $"pin {third.ToHex()} c:1"], Lines());
    }

    [Fact]
    public void Members_that_are_not_known_here_stay_when_a_record_changes()
    {
        PeerRecord bob = Peers.New("bob", accept: true, "bob:1");
        _store.Add(bob, replace: false);
        const string later = "\"talents\": [\n    \"mail\",\n    { \"since\": 1.50 }\n  ],\n  \"colour\": null,\n  ";
        foreach ((string file, string before) in new[] { (PeerFile.Path(_store.Directory, bob.Fingerprint), "\"accept\""), (PinFile.Path(_store.Directory, "bob:1"), "\"address\"") })
        {
            string content = File.ReadAllText(file)[..^72];
            File.WriteAllBytes(file, ChecksummedFile.Format(content.Replace(before, later + before, StringComparison.Ordinal).TrimEnd('\n')));
        }

        _store.Update(bob.Fingerprint, record => record with { Name = "robert", Accept = false });
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(PeerFile.Path(_store.Directory, bob.Fingerprint))[..^72]);
        Assert.Equal("robert", json.RootElement.GetProperty("name").GetString());
        Assert.False(json.RootElement.GetProperty("accept").GetBoolean());
        Assert.Equal("1.50", json.RootElement.GetProperty("talents")[1].GetProperty("since").GetRawText());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.RootElement.GetProperty("colour").ValueKind);
        Assert.Contains("talents", File.ReadAllText(PinFile.Path(_store.Directory, "bob:1")), StringComparison.Ordinal);

        // A record that takes another's place is a new one.
        _store.Add(bob, replace: true);
        Assert.DoesNotContain("talents", File.ReadAllText(PeerFile.Path(_store.Directory, bob.Fingerprint)), StringComparison.Ordinal);
    }

    private string[] Lines() =>
        [.. Encoding.UTF8.GetString(File.ReadAllBytes(Entries)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..^1].Order(StringComparer.Ordinal)];
}
