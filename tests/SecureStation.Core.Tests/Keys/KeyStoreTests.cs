using System.Runtime.Versioning;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Core.Tests.Keys;

public sealed class KeyStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KeyStore _store;

    public KeyStoreTests() => _store = new KeyStore(Path.Combine(_folder.Path, "config", "keys"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Keeps_keys_by_name()
    {
        Assert.Empty(_store.List());
        using StationKeyPair alice = StationKeyPair.Generate();
        using StationKeyPair server = StationKeyPair.Generate(StationKeyAlgorithm.EcdsaP256);

        Assert.Same(alice, _store.Save("alice", alice));
        _store.Save("server", server, "secret");
        Assert.Equal(("alice", true), (alice.Name, alice.IsStored));

        using StationKeyPair loaded = _store.Load("server", "secret");
        Assert.Equal((server.PublicKey, "server", true), (loaded.PublicKey, loaded.Name, loaded.IsStored));
        StationAssert.Fails(StationFault.WrongPassphrase, () => _store.Load("server"));

        Assert.Equal(
            [("alice", alice.Fingerprint, StationKeyAlgorithm.Ed25519, false), ("server", server.Fingerprint, StationKeyAlgorithm.EcdsaP256, true)],
            _store.List().Select(entry => (entry.Name, entry.Fingerprint!, entry.Algorithm!.Value, entry.IsEncrypted)));

        _store.Remove("alice");
        Assert.Equal(["server"], _store.List().Select(entry => entry.Name));
        Assert.Equal(2, Directory.GetFiles(_store.Directory).Length);
        StationAssert.Fails(StationFault.NotFound, () => _store.Load("alice"));
        StationAssert.Fails(StationFault.NotFound, () => _store.Remove("alice"));
    }

    [Fact]
    public void Replaces_only_when_asked()
    {
        using StationKeyPair first = StationKeyPair.Generate();
        using StationKeyPair second = StationKeyPair.Generate();
        _store.Save("alice", first);

        StationAssert.Fails(StationFault.AlreadyExists, () => _store.Save("alice", second));
        Assert.Equal(first.PublicKey, _store.Load("alice").PublicKey);
        Assert.Equal(first.Fingerprint, _store.List().Single().Fingerprint);

        _store.Save("alice", second, overwrite: true);
        Assert.Equal(second.PublicKey, _store.Load("alice").PublicKey);
        Assert.Equal(second.Fingerprint, _store.List().Single().Fingerprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../alice")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".hidden")]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("alice\n")]
    [InlineData("alice\0")]
    [InlineData("älice")]
    [InlineData("alice.pub")]
    [InlineData("C:alice")]
    [InlineData("a1234567890123456789012345678901234567890123456789012345678901234")]
    public void Refuses_names_that_are_paths(string name)
    {
        using StationKeyPair keyPair = StationKeyPair.Generate();
        StationAssert.Fails(StationFault.InvalidArgument, () => _store.Save(name, keyPair));
        StationAssert.Fails(StationFault.InvalidArgument, () => _store.Load(name));
        StationAssert.Fails(StationFault.InvalidArgument, () => _store.Remove(name));
        Assert.False(Directory.Exists(_store.Directory));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Is_for_its_owner()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        using StationKeyPair keyPair = StationKeyPair.Generate();
        _store.Save("alice", keyPair);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_store.Directory));

        foreach (UnixFileMode mode in new[] { UnixFileMode.GroupRead, UnixFileMode.GroupWrite, UnixFileMode.OtherRead, UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(Path.Combine(_store.Directory, "alice.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
            StationException e = StationAssert.Fails(StationFault.InvalidKey, () => _store.Load("alice"));
            Assert.Contains("chmod 600", e.Message, StringComparison.Ordinal);
            Assert.Equal(StationFault.InvalidKey, _store.List().Single().Problem?.Fault);
        }
    }

    [Fact]
    public void Mends_a_missing_public_file_and_refuses_a_wrong_one()
    {
        using StationKeyPair alice = StationKeyPair.Generate();
        using StationKeyPair other = StationKeyPair.Generate();
        _store.Save("alice", alice);
        string publicPath = Path.Combine(_store.Directory, "alice.pub.pem");

        File.Delete(publicPath);
        Assert.Equal(StationFault.NotFound, _store.List().Single().Problem?.Fault);
        _store.Load("alice").Dispose();
        Assert.Equal(alice.PublicKey, KeyFile.ReadPublic(publicPath));

        KeyFile.WritePublic(publicPath, other.PublicKey, overwrite: true);
        StationAssert.Fails(StationFault.InvalidKey, () => _store.Load("alice"));
    }

    [Fact]
    public void Lists_what_it_cannot_read()
    {
        using StationKeyPair alice = StationKeyPair.Generate();
        _store.Save("alice", alice);
        File.WriteAllText(Path.Combine(_store.Directory, "alice.pub.pem"), "garbage");
        KeyStoreEntry entry = _store.List().Single();
        Assert.Equal(("alice", null, StationFault.InvalidKey), (entry.Name, entry.Fingerprint, entry.Problem!.Fault));
    }

    [Fact]
    public void Default_is_in_the_users_configuration_folder() =>
        Assert.Equal(Path.Combine("SecureStation", "keys"), Path.GetRelativePath(Path.Combine(KeyStore.DefaultDirectory, "..", ".."), KeyStore.DefaultDirectory));

    [Fact]
    public void Two_who_save_the_same_name_get_one_key()
    {
        StationKeyPair[] pairs = [.. Enumerable.Range(0, 8).Select(_ => StationKeyPair.Generate())];
        var won = new System.Collections.Concurrent.ConcurrentBag<StationKeyPair>();
        Parallel.ForEach(pairs, new ParallelOptions { MaxDegreeOfParallelism = 8 }, pair =>
        {
            try
            {
                won.Add(_store.Save("alice", pair));
            }
            catch (StationException e) when (e.Fault == StationFault.AlreadyExists)
            {
            }
        });

        Assert.Equal(Assert.Single(won).PublicKey, _store.Load("alice").PublicKey);
    }
}
