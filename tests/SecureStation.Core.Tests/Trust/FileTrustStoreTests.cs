using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

public sealed class FileTrustStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileTrustStore _store;

    public FileTrustStoreTests() => _store = new FileTrustStore(Path.Combine(_folder.Path, "peers"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_empty_before_the_first_write()
    {
        Assert.Empty(_store.List());
        Assert.Null(_store.Find(Peers.New("a").Fingerprint));
        Assert.Null(_store.FindByName("a"));
        Assert.Null(_store.FindPin("a:1"));
        Assert.False(Directory.Exists(_store.Directory));
    }

    [Fact]
    public void Keeps_records()
    {
        PeerRecord bob = Peers.New("Bob 'the' Ünicode 😀", accept: true, "Bob.Example:7700", "[::1]:7700");
        PeerRecord onlyFingerprint = new() { Name = "carol", Fingerprint = Fingerprint.Of("carol"u8) };
        _store.Add(bob, replace: false);
        _store.Add(onlyFingerprint, replace: false);

        var reopened = new FileTrustStore(_store.Directory);
        PeerRecord read = reopened.Find(bob.Fingerprint)!;
        Assert.Equal((bob.Name, bob.Fingerprint, bob.PublicKey, true, bob.Added), (read.Name, read.Fingerprint, read.PublicKey, read.Accept, read.Added));
        Assert.Equal(["[::1]:7700", "bob.example:7700"], read.Addresses);
        Assert.Equal(bob.Fingerprint, reopened.FindByName("BOB 'the' Ünicode 😀")!.Fingerprint);
        Assert.Equal(bob.Fingerprint, reopened.FindPin("BOB.example:7700"));
        Assert.Null(reopened.FindPin("bob.example:7701"));
        Assert.Null(reopened.Find(onlyFingerprint.Fingerprint)!.PublicKey);
        Assert.Equal([bob.Name, "carol"], reopened.List().Select(peer => peer.Name));
    }

    [Fact]
    public void Changes_and_removes_records()
    {
        PeerRecord bob = Peers.New("bob", accept: false, "bob:1", "bob:2");
        _store.Add(bob, replace: false);
        _store.Update(bob.Fingerprint, record => record with { Name = "robert", Accept = true, Addresses = ["bob:2", "bob:3"] });

        PeerRecord read = _store.FindByName("robert")!;
        Assert.True(read.Accept);
        Assert.Equal(["bob:2", "bob:3"], read.Addresses);
        Assert.Null(_store.FindPin("bob:1"));
        Assert.Null(_store.FindByName("bob"));

        StationAssert.Fails(StationFault.InvalidArgument, () => _store.Update(bob.Fingerprint, _ => Peers.New("mallory")));
        StationAssert.Fails(StationFault.NotFound, () => _store.Update(Peers.New("x").Fingerprint, record => record));

        Assert.True(_store.Remove(bob.Fingerprint));
        Assert.False(_store.Remove(bob.Fingerprint));
        Assert.Null(_store.FindPin("bob:3"));
        Assert.Empty(_store.List());
    }

    [Fact]
    public void Adds_nothing_that_contradicts_unless_it_replaces()
    {
        PeerRecord bob = Peers.New("bob", accept: true, "bob:1", "bob:2");
        _store.Add(bob, replace: false);

        StationAssert.Fails(StationFault.AlreadyExists, () => _store.Add(bob with { Name = "robert" }, replace: false));
        PeerRecord mallory = Peers.New("mallory", accept: false, "bob:1", "mallory:1");
        StationException taken = StationAssert.Fails(StationFault.AlreadyExists, () => _store.Add(mallory, replace: false));
        Assert.Equal(("bob:1", bob.Fingerprint.ToString()), (taken.Address, taken.PeerFingerprint));
        StationAssert.Fails(StationFault.InvalidArgument, () => _store.Add(bob with { PublicKey = mallory.PublicKey }, replace: true));

        // Nothing of the refused one was written.
        Assert.Null(_store.FindPin("mallory:1"));
        Assert.Single(_store.List());

        PeerRecord newBob = Peers.New("BOB", accept: false, "bob:1");
        StationException twice = StationAssert.Fails(StationFault.PeerAmbiguous, () => _store.Add(newBob, replace: false));
        Assert.Contains(bob.Fingerprint.ToString(), twice.Message, StringComparison.Ordinal);
        Assert.Contains(newBob.Fingerprint.ToString(), twice.Message, StringComparison.Ordinal);

        _store.Add(newBob, replace: true);
        Assert.Equal(newBob.Fingerprint, _store.List().Single().Fingerprint);
        Assert.Equal(newBob.Fingerprint, _store.FindPin("bob:1"));
        Assert.Null(_store.FindPin("bob:2"));
    }

    [Fact]
    public void Update_contradicts_nothing()
    {
        PeerRecord alice = Peers.New("alice", accept: false, "alice:1");
        PeerRecord bob = Peers.New("bob", accept: false, "bob:1");
        _store.Add(alice, replace: false);
        _store.Add(bob, replace: false);

        StationAssert.Fails(StationFault.PeerAmbiguous, () => _store.Update(bob.Fingerprint, record => record with { Name = "Alice" }));
        StationAssert.Fails(StationFault.AlreadyExists, () => _store.Update(bob.Fingerprint, record => record with { Addresses = ["alice:1"] }));
        Assert.Equal(["alice:1", "bob:1"], _store.List().SelectMany(peer => peer.Addresses));
    }

    [Fact]
    public void Tells_of_a_name_used_twice()
    {
        // Add refuses that, but files can come from a copy of another store.
        PeerRecord first = Peers.New("bob"), second = Peers.New("bob");
        var other = new FileTrustStore(Path.Combine(_folder.Path, "other"));
        _store.Add(first, replace: false);
        other.Add(second, replace: false);
        string file = second.Fingerprint.ToHex() + ".json";
        File.Copy(Path.Combine(other.Directory, file), Path.Combine(_store.Directory, file));

        StationException e = StationAssert.Fails(StationFault.PeerAmbiguous, () => _store.FindByName("bob"));
        Assert.Contains(first.Fingerprint.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Contains(second.Fingerprint.ToString(), e.Message, StringComparison.Ordinal);
        Assert.NotNull(_store.Find(first.Fingerprint));
    }

    [Fact]
    public void A_pin_is_made_once()
    {
        Fingerprint first = Fingerprint.Of("first"u8), second = Fingerprint.Of("second"u8);
        Assert.Equal(first, _store.Pin("Host:1", first));
        Assert.Equal(first, _store.Pin("host:1", second));
        Assert.Equal(first, _store.FindPin("host:1"));

        // A record made for a pinned key keeps the pin.
        _store.Add(new PeerRecord { Name = "first", Fingerprint = first }, replace: false);
        Assert.Equal(["host:1"], _store.Find(first)!.Addresses);
        Assert.True(_store.Remove(first));
        Assert.Equal(second, _store.Pin("host:1", second));
        Assert.True(_store.Remove(second));
    }

    [Fact]
    public void Files_are_as_documented()
    {
        PeerRecord bob = Peers.New("bob", accept: true, "bob:1");
        _store.Add(bob, replace: false);
        string pinFile = Convert.ToHexStringLower(SHA256.HashData("bob:1"u8)) + ".pin";
        string peerFile = Convert.ToHexStringLower(SHA256.HashData(bob.PublicKey!.ToBytes())) + ".json";
        Assert.Equal(
            new[] { peerFile, pinFile, "lock" }.Order(StringComparer.Ordinal),
            Directory.GetFiles(_store.Directory).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));

        string text = File.ReadAllText(Path.Combine(_store.Directory, peerFile));
        int lineAt = text.LastIndexOf("sha256 ", StringComparison.Ordinal);
        Assert.Equal($"sha256 {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text[..lineAt])))}\n", text[lineAt..]);
        using var json = System.Text.Json.JsonDocument.Parse(text[..lineAt]);
        Assert.Equal(["version", "name", "fingerprint", "publicKey", "accept", "added"], json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Contains($"\"{bob.Fingerprint}\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_every_damage()
    {
        PeerRecord bob = Peers.New("bob", accept: true, "bob:1");
        _store.Add(bob, replace: false);
        string peerFile = Directory.GetFiles(_store.Directory, "*.json").Single();
        string pinFile = Directory.GetFiles(_store.Directory, "*.pin").Single();

        foreach ((string file, Action read) in new (string, Action)[] { (peerFile, () => _store.Find(bob.Fingerprint)), (pinFile, () => _store.FindPin("bob:1")) })
        {
            byte[] good = File.ReadAllBytes(file);
            for (int i = 0; i < good.Length; i += 7)
            {
                byte[] changed = (byte[])good.Clone();
                changed[i] ^= 1;
                FailsWith(file, changed, read);
                FailsWith(file, good[..i], read);
            }

            FailsWith(file, [.. good, (byte)'\n'], read);
            FailsWith(file, new byte[100_000], read);
            FailsWith(file, Checksummed("{}"), read);
            FailsWith(file, Checksummed("not json"), read);
            FailsWith(file, Checksummed(Encoding.UTF8.GetString(good)[..^72].Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal)), read);
            FailsWith(file, Checksummed(Encoding.UTF8.GetString(good)[..^72].Replace("SHA256:", "SHA512:", StringComparison.Ordinal)), read);
            File.WriteAllBytes(file, good);
            read();
        }

        void FailsWith(string file, byte[] content, Action read)
        {
            File.WriteAllBytes(file, content);
            StationException e = StationAssert.Fails(StationFault.TrustStoreDamaged, read);
            Assert.Contains(file, e.Message, StringComparison.Ordinal);
            StationAssert.Fails(StationFault.TrustStoreDamaged, () => _store.List());
            StationAssert.Fails(StationFault.TrustStoreDamaged, () => _store.FindByName("someone"));
        }
    }

    [Fact]
    public void Finds_files_under_other_names()
    {
        PeerRecord alice = Peers.New("alice", accept: true, "alice:1"), bob = Peers.New("bob", accept: false, "bob:1");
        _store.Add(alice, replace: false);
        _store.Add(bob, replace: false);

        // Someone who may copy files about, but not write sums, moves alice's pin over bob's, and her record to another key's name.
        string PinFile(string address) => Path.Combine(_store.Directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address))) + ".pin");
        File.Copy(PinFile("alice:1"), PinFile("bob:1"), overwrite: true);
        StationAssert.Fails(StationFault.TrustStoreDamaged, () => _store.FindPin("bob:1"));

        Fingerprint mallory = Fingerprint.Of("mallory"u8);
        File.Copy(Path.Combine(_store.Directory, alice.Fingerprint.ToHex() + ".json"), Path.Combine(_store.Directory, mallory.ToHex() + ".json"));
        StationAssert.Fails(StationFault.TrustStoreDamaged, () => _store.Find(mallory));
    }

    [Fact]
    public void A_damaged_record_can_be_removed()
    {
        PeerRecord bob = Peers.New("bob");
        _store.Add(bob, replace: false);
        File.WriteAllText(Directory.GetFiles(_store.Directory, "*.json").Single(), "damage");
        Assert.True(_store.Remove(bob.Fingerprint));
        Assert.Empty(_store.List());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Refuses_a_directory_that_others_can_write()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        PeerRecord bob = Peers.New("bob");
        _store.Add(bob, replace: false);
        Assert.Equal(owner, File.GetUnixFileMode(_store.Directory));
        Assert.All(
            Directory.GetFiles(_store.Directory),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));

        foreach (UnixFileMode others in new[] { UnixFileMode.GroupWrite, UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(_store.Directory, owner | others);
            Action[] all =
            [
                () => _store.List(), () => _store.Find(bob.Fingerprint), () => _store.FindByName("bob"), () => _store.FindPin("bob:1"),
                () => _store.Add(Peers.New("x"), replace: true), () => _store.Update(bob.Fingerprint, r => r),
                () => _store.Remove(bob.Fingerprint), () => _store.Pin("x:1", bob.Fingerprint),
            ];
            Assert.All(all, action => Assert.Contains("chmod 700", StationAssert.Fails(StationFault.TrustStoreInsecure, action).Message, StringComparison.Ordinal));
        }

        File.SetUnixFileMode(_store.Directory, owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        Assert.Single(_store.List());
    }

    [Fact]
    public void Ignores_and_cleans_leftovers()
    {
        PeerRecord bob = Peers.New("bob", accept: false, "bob:1");
        _store.Add(bob, replace: false);
        string leftover = Directory.GetFiles(_store.Directory, "*.json").Single() + ".0123456789abcdef.tmp";
        File.WriteAllText(leftover, "{ half a rec");

        Assert.Single(_store.List());
        _store.Update(bob.Fingerprint, record => record with { Accept = true });
        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public void Waits_for_the_lock_but_not_for_ever()
    {
        _store.Add(Peers.New("bob"), replace: false);
        string lockPath = Path.Combine(_store.Directory, "lock");
        using (new FileStream(lockPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            StationException e = StationAssert.Fails(
                StationFault.StorageFailed,
                () => Core.Storage.LockFile.Acquire(lockPath, TimeSpan.FromMilliseconds(200)));
            Assert.Contains("locked", e.Message, StringComparison.Ordinal);
            Assert.Single(_store.List());
        }

        Core.Storage.LockFile.Acquire(lockPath, TimeSpan.Zero).Dispose();
    }

    [Fact]
    public void Sixteen_threads_race_for_one_pin()
    {
        for (int round = 0; round < 5; round++)
        {
            var winners = new ConcurrentBag<Fingerprint>();
            Thread[] threads = [.. Enumerable.Range(0, 16).Select(i => new Thread(() =>
            {
                // Each with a store of its own: they share files only.
                winners.Add(new FileTrustStore(_store.Directory).Pin($"contested:{round + 1}", Fingerprint.Of([(byte)i])));
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(16, winners.Count);
            Assert.Equal(_store.FindPin($"contested:{round + 1}"), Assert.Single(winners.Distinct()));
        }
    }

    private static byte[] Checksummed(string content) => ChecksummedFile.Format(content);
}
