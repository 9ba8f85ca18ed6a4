using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

public sealed class ListenerTrustTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileTrustStore _store;
    private readonly StationKeyPair _own = StationKeyPair.Generate();
    private readonly StationPublicKey _client = Keys.StationPublicKeyTests.NewKey(StationKeyAlgorithm.Ed25519);

    public ListenerTrustTests() => _store = new FileTrustStore(_folder.File("peers"));

    public void Dispose()
    {
        _own.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Accepts_records_that_say_so()
    {
        var trust = new ListenerTrust { Store = _store };
        StationException unknown = StationAssert.Fails(StationFault.PeerUntrusted, trust.Decide(_client, _own).ThrowIfRefused);
        Assert.Contains($"Add-StationPeer -Name <name> -Fingerprint '{_client.Fingerprint}' -Accept", unknown.Message, StringComparison.Ordinal);

        // An address says where we may reach it, not that it may come to us.
        _store.Add(new PeerRecord { Name = "client", Fingerprint = _client.Fingerprint, Addresses = ["client:1"] }, replace: false);
        StationException known = StationAssert.Fails(StationFault.PeerUntrusted, trust.Decide(_client, _own).ThrowIfRefused);
        Assert.Contains("Set-StationPeer -Name 'client' -Accept", known.Message, StringComparison.Ordinal);

        _store.Update(_client.Fingerprint, record => record with { Accept = true });
        TrustVerdict verdict = trust.Decide(_client, _own);
        Assert.Equal((true, TrustBasis.Accepted, "client"), (verdict.IsTrusted, verdict.Basis, verdict.PeerName));
        Assert.Equal(TrustBasis.Accepted, new ListenerTrust { Store = _store, Mode = TrustMode.Any }.Decide(_client, _own).Basis);
    }

    [Fact]
    public void Any_accepts_all_but_itself()
    {
        var trust = new ListenerTrust { Mode = TrustMode.Any };
        Assert.Equal(TrustBasis.Any, trust.Decide(_client, _own).Basis);
        StationAssert.Fails(StationFault.PeerUntrusted, trust.Decide(_own.PublicKey, _own).ThrowIfRefused);
        StationAssert.Fails(StationFault.InvalidArgument, () => _ = new ListenerTrust { Mode = TrustMode.FirstUse });
    }

    [Fact]
    public void Keys_in_memory_are_admitted_for_its_life_only()
    {
        var trust = new ListenerTrust { Store = _store };
        trust.Admit(_client, _own);
        Assert.Equal(TrustBasis.Invitation, trust.Decide(_client, _own).Basis);
        Assert.False(Directory.Exists(_store.Directory));
        Assert.False(new ListenerTrust { Store = _store }.Decide(_client, _own).IsTrusted);

        // With no store either.
        var withoutStore = new ListenerTrust();
        withoutStore.Admit(_client, _own);
        Assert.True(withoutStore.Decide(_client, _own).IsTrusted);
    }

    [Fact]
    public void A_stored_key_remembers_whom_it_admitted_without_an_address()
    {
        KeyFile.WritePrivate(_folder.File("own.pem"), _own);
        new ListenerTrust { Store = _store }.Admit(_client, _own);
        PeerRecord record = Assert.Single(_store.List());
        Assert.Equal((true, _client, 0), (record.Accept, record.PublicKey, record.Addresses.Count));
        Assert.Equal(TrustBasis.Accepted, new ListenerTrust { Store = _store }.Decide(_client, _own).Basis);

        // One that was known keeps its name and addresses.
        StationPublicKey known = Keys.StationPublicKeyTests.NewKey(StationKeyAlgorithm.EcdsaP256);
        _store.Add(new PeerRecord { Name = "known", Fingerprint = known.Fingerprint, Addresses = ["known:1"] }, replace: false);
        new ListenerTrust { Store = _store }.Admit(known, _own);
        record = _store.FindByName("known")!;
        Assert.True(record.Accept);
        Assert.Equal(["known:1"], record.Addresses);
    }

    [Fact]
    public void A_damaged_store_is_not_an_empty_one()
    {
        var trust = new ListenerTrust { Store = _store, Mode = TrustMode.Any };
        _store.Add(new PeerRecord { Name = "client", Fingerprint = _client.Fingerprint }, replace: false);
        File.WriteAllText(Directory.GetFiles(_store.Directory, "*.json").Single(), "damage");
        StationAssert.Fails(StationFault.TrustStoreDamaged, () => trust.Decide(_client, _own));
    }
}
