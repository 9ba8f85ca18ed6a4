using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

public sealed class ClientTrustTests : IDisposable
{
    private const string Address = "server.example:7700";

    private readonly TemporaryFolder _folder = new();
    private readonly FileTrustStore _store;
    private readonly StationKeyPair _own = StationKeyPair.Generate();
    private readonly StationKeyPair _stored = StationKeyPair.Generate();
    private readonly StationPublicKey _server = NewKey();
    private readonly StationPublicKey _mallory = NewKey();

    public ClientTrustTests()
    {
        _store = new FileTrustStore(_folder.File("peers"));
        KeyFile.WritePrivate(_folder.File("own.pem"), _stored);
    }

    public void Dispose()
    {
        _own.Dispose();
        _stored.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Strict_refuses_the_unknown_and_says_what_would_trust_it()
    {
        StationException e = Refused(StationFault.PeerUntrusted, Trust().Decide(_server, _own));
        Assert.Equal((_server.Fingerprint.ToString(), Address), (e.PeerFingerprint, e.Address));
        Assert.Contains($"Add-StationPeer -Name <name> -Fingerprint '{_server.Fingerprint}' -Address '{Address}'", e.Message, StringComparison.Ordinal);
        Assert.Null(_store.FindPin(Address));

        // The same without any store.
        Refused(StationFault.PeerUntrusted, new ClientTrust { Address = Address }.Decide(_server, _own));
    }

    [Fact]
    public void Doing_what_the_refusal_says_trusts_it()
    {
        _store.Add(new PeerRecord { Name = "server", Fingerprint = _server.Fingerprint, Addresses = [Address] }, replace: false);
        Trusted(TrustBasis.Pinned, "server", Trust().Decide(_server, _own));
        Trusted(TrustBasis.Pinned, "server", new ClientTrust { Store = _store, Address = "SERVER.Example:7700" }.Decide(_server, _own));
        Trusted(TrustBasis.Pinned, "server", Trust(TrustMode.Any).Decide(_server, _own));
        Trusted(TrustBasis.Pinned, "server", Trust(TrustMode.FirstUse).Decide(_server, _own));
    }

    [Theory]
    [InlineData(TrustMode.Strict)]
    [InlineData(TrustMode.FirstUse)]
    public void Another_key_at_a_pinned_address_is_a_change(TrustMode mode)
    {
        _store.Add(Record("server", _server, Address), replace: false);
        StationException e = Refused(StationFault.PeerKeyChanged, Trust(mode).Decide(_mallory, _own));
        Assert.Equal((_mallory.Fingerprint.ToString(), Address), (e.PeerFingerprint, e.Address));
        Assert.Contains(_server.Fingerprint.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Equal(_server.Fingerprint, _store.FindPin(Address));

        // Not even where the other key is a known peer, or accepted at our listeners.
        _store.Add(Record("mallory", _mallory, "mallory.example:7700") with { Accept = true }, replace: false);
        Refused(StationFault.PeerKeyChanged, Trust(mode).Decide(_mallory, _own));
        Trusted(TrustBasis.Any, "mallory", Trust(TrustMode.Any).Decide(_mallory, _own));
    }

    [Fact]
    public void A_known_peer_at_another_address_is_untrusted()
    {
        _store.Add(Record("o'brien", _server, "other.example:7700") with { Accept = true }, replace: false);
        StationException e = Refused(StationFault.PeerUntrusted, Trust().Decide(_server, _own));
        Assert.Contains("other.example:7700", e.Message, StringComparison.Ordinal);
        Assert.Contains($"Set-StationPeer -Name 'o''brien' -Address 'other.example:7700', '{Address}'", e.Message, StringComparison.Ordinal);

        // Another port, another spelling: as typed means as typed.
        foreach (string address in new[] { "other.example:7701", "other.example.:7700" })
        {
            Refused(StationFault.PeerUntrusted, new ClientTrust { Store = _store, Address = address }.Decide(_server, _own));
        }
    }

    [Theory]
    [InlineData(TrustMode.Strict)]
    [InlineData(TrustMode.FirstUse)]
    [InlineData(TrustMode.Any)]
    public void The_named_key_is_accepted_and_no_other(TrustMode mode)
    {
        _store.Add(Record("server", _server, "elsewhere.example:1"), replace: false);
        using StationInvitation invitation = Invite(_server);

        var byFingerprint = new ClientTrust { Mode = mode, Store = _store, Address = Address, ExpectedFingerprint = _server.Fingerprint };
        var byName = new ClientTrust { Mode = mode, Store = _store, Address = Address, PeerName = "Server" };
        var byInvitation = new ClientTrust { Mode = mode, Store = _store, Address = Address, Invitation = invitation };
        Trusted(TrustBasis.Fingerprint, "server", byFingerprint.Decide(_server, _own));
        Trusted(TrustBasis.Peer, "server", byName.Decide(_server, _own));
        Trusted(TrustBasis.Invitation, "server", byInvitation.Decide(_server, _own));

        foreach (ClientTrust trust in new[] { byFingerprint, byName, byInvitation })
        {
            StationException e = Refused(StationFault.PeerUntrusted, trust.Decide(_mallory, _own));
            Assert.Equal(_mallory.Fingerprint.ToString(), e.PeerFingerprint);
        }

        Assert.Null(_store.FindPin(Address));
    }

    [Fact]
    public void All_that_is_named_has_to_hold()
    {
        using StationInvitation invitation = Invite(_server);
        var trust = new ClientTrust { Store = _store, Address = Address, Invitation = invitation, ExpectedFingerprint = _mallory.Fingerprint };
        Refused(StationFault.PeerUntrusted, trust.Decide(_server, _own));
        Refused(StationFault.PeerUntrusted, trust.Decide(_mallory, _own));

        var unknownName = new ClientTrust { Store = _store, Address = Address, PeerName = "nobody" };
        StationAssert.Fails(StationFault.NotFound, () => unknownName.Decide(_server, _own));
    }

    [Theory]
    [InlineData(TrustMode.Strict)]
    [InlineData(TrustMode.FirstUse)]
    public void What_contradicts_the_pin_is_a_change_whoever_answers(TrustMode mode)
    {
        _store.Add(Record("server", _server, Address), replace: false);
        _store.Add(Record("mallory", _mallory, "mallory.example:1"), replace: false);
        using StationInvitation invitation = Invite(_mallory);
        ClientTrust[] contradictions =
        [
            new() { Mode = mode, Store = _store, Address = Address, Invitation = invitation },
            new() { Mode = mode, Store = _store, Address = Address, ExpectedFingerprint = _mallory.Fingerprint },
            new() { Mode = mode, Store = _store, Address = Address, PeerName = "mallory" },
        ];
        foreach (ClientTrust trust in contradictions)
        {
            Refused(StationFault.PeerKeyChanged, trust.Decide(_mallory, _own));
            Refused(StationFault.PeerKeyChanged, trust.Decide(_server, _own));
            trust.RememberInvitation(_mallory, _stored);
        }

        Assert.Equal(_server.Fingerprint, _store.FindPin(Address));
    }

    [Theory]
    [InlineData(TrustMode.Strict)]
    [InlineData(TrustMode.FirstUse)]
    [InlineData(TrustMode.Any)]
    public void Ones_own_key_is_no_peer_unless_named(TrustMode mode)
    {
        Refused(StationFault.PeerUntrusted, Trust(mode).Decide(_own.PublicKey, _own));
        Assert.Null(_store.FindPin(Address));

        // A pin does not name it: it could have come there by an earlier reflection.
        _store.Add(Record("self", _own.PublicKey, Address), replace: false);
        Refused(StationFault.PeerUntrusted, Trust(mode).Decide(_own.PublicKey, _own));

        using StationInvitation invitation = Invite(_own.PublicKey);
        Trusted(TrustBasis.Fingerprint, "self", new ClientTrust { Mode = mode, Store = _store, Address = Address, ExpectedFingerprint = _own.Fingerprint }.Decide(_own.PublicKey, _own));
        Trusted(TrustBasis.Peer, "self", new ClientTrust { Mode = mode, Store = _store, Address = Address, PeerName = "self" }.Decide(_own.PublicKey, _own));
        Trusted(TrustBasis.Invitation, "self", new ClientTrust { Mode = mode, Store = _store, Address = Address, Invitation = invitation }.Decide(_own.PublicKey, _own));
    }

    [Fact]
    public void First_use_pins_before_it_returns()
    {
        Trusted(TrustBasis.FirstUse, Address, Trust(TrustMode.FirstUse).Decide(_server, _own));
        Assert.Equal(_server.Fingerprint, _store.FindPin(Address));
        PeerRecord record = _store.Find(_server.Fingerprint)!;
        Assert.Equal((Address, _server, false), (record.Name, record.PublicKey, record.Accept));
        Assert.Equal([Address], record.Addresses);

        Trusted(TrustBasis.Pinned, Address, Trust(TrustMode.FirstUse).Decide(_server, _own));
        Trusted(TrustBasis.Pinned, Address, Trust().Decide(_server, _own));
        Refused(StationFault.PeerKeyChanged, Trust(TrustMode.FirstUse).Decide(_mallory, _own));
        Assert.Null(_store.Find(_mallory.Fingerprint));

        // A first use where the key has a record, or the name is taken.
        Trusted(TrustBasis.FirstUse, Address, new ClientTrust { Mode = TrustMode.FirstUse, Store = _store, Address = "other.example:1" }.Decide(_server, _own));
        _store.Add(Record("third.example:1", _mallory), replace: false);
        TrustVerdict third = new ClientTrust { Mode = TrustMode.FirstUse, Store = _store, Address = "third.example:1" }.Decide(NewKey(), _own);
        Assert.StartsWith("third.example:1 ", third.PeerName, StringComparison.Ordinal);
    }

    [Fact]
    public void First_use_needs_somewhere_to_pin()
    {
        StationAssert.Fails(StationFault.InvalidArgument, () => new ClientTrust { Mode = TrustMode.FirstUse, Address = Address }.Decide(_server, _own));
        StationAssert.Fails(StationFault.InvalidArgument, () => new ClientTrust { Mode = TrustMode.FirstUse, Store = _store }.Decide(_server, _own));
    }

    [Fact]
    public void Of_two_first_contacts_that_race_one_is_refused()
    {
        for (int round = 0; round < 10; round++)
        {
            string address = $"race.example:{round + 1}";
            StationPublicKey[] keys = [NewKey(), NewKey()];
            var verdicts = new TrustVerdict[2];
            using var barrier = new Barrier(2);
            Thread[] threads = [.. Enumerable.Range(0, 2).Select(i => new Thread(() =>
            {
                var trust = new ClientTrust { Mode = TrustMode.FirstUse, Store = new FileTrustStore(_store.Directory), Address = address };
                barrier.SignalAndWait();
                verdicts[i] = trust.Decide(keys[i], _own);
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            int winner = Array.FindIndex(verdicts, verdict => verdict.IsTrusted);
            Assert.True(winner >= 0);
            Assert.Equal(TrustBasis.FirstUse, verdicts[winner].Basis);
            Refused(StationFault.PeerKeyChanged, verdicts[1 - winner]);
            Assert.Equal(keys[winner].Fingerprint, _store.FindPin(address));
            Assert.Null(_store.Find(keys[1 - winner].Fingerprint));
        }
    }

    [Fact]
    public void Two_first_contacts_with_the_same_key_are_both_trusted()
    {
        var verdicts = new TrustVerdict[8];
        Parallel.For(0, verdicts.Length, i => verdicts[i] = Trust(TrustMode.FirstUse).Decide(_server, _own));
        Assert.All(verdicts, verdict => Assert.True(verdict.IsTrusted));
        Assert.Equal(Address, Assert.Single(_store.List()).Name);
    }

    [Fact]
    public void Any_trusts_without_writing()
    {
        Trusted(TrustBasis.Any, null, Trust(TrustMode.Any).Decide(_server, _own));
        Trusted(TrustBasis.Any, null, new ClientTrust { Mode = TrustMode.Any }.Decide(_server, _own));
        Assert.False(Directory.Exists(_store.Directory));
    }

    [Theory]
    [InlineData(TrustMode.Strict)]
    [InlineData(TrustMode.FirstUse)]
    [InlineData(TrustMode.Any)]
    public void A_damaged_store_is_not_an_empty_one(TrustMode mode)
    {
        _store.Add(Record("server", _server, Address), replace: false);
        File.WriteAllText(Directory.GetFiles(_store.Directory, "*.pin").Single(), "damage");
        StationAssert.Fails(StationFault.TrustStoreDamaged, () => Trust(mode).Decide(_mallory, _own));
    }

    [Fact]
    public void Remembers_the_invitation_of_stored_keys_only()
    {
        using StationInvitation invitation = Invite(_server);
        using StationInvitation temporary = Invite(_server, isTemporary: true);

        new ClientTrust { Store = _store, Address = Address, Invitation = invitation }.RememberInvitation(_server, _own);
        new ClientTrust { Store = _store, Address = Address, Invitation = temporary }.RememberInvitation(_server, _stored);
        new ClientTrust { Store = _store, Address = Address, Invitation = invitation }.RememberInvitation(_mallory, _stored);
        new ClientTrust { Store = _store, Address = Address }.RememberInvitation(_server, _stored);
        new ClientTrust { Address = Address, Invitation = invitation }.RememberInvitation(_server, _stored);
        Assert.False(Directory.Exists(_store.Directory));

        new ClientTrust { Store = _store, Invitation = invitation }.RememberInvitation(_server, _stored);
        Trusted(TrustBasis.Pinned, Address, Trust().Decide(_server, _own));
        Assert.False(_store.Find(_server.Fingerprint)!.Accept);
    }

    private static StationPublicKey NewKey() => Keys.StationPublicKeyTests.NewKey(StationKeyAlgorithm.Ed25519);

    private static PeerRecord Record(string name, StationPublicKey key, params string[] addresses) =>
        new() { Name = name, Fingerprint = key.Fingerprint, PublicKey = key, Addresses = addresses };

    private static StationInvitation Invite(StationPublicKey key, bool isTemporary = false) =>
        StationInvitation.Create("server.example", 7700, key.Fingerprint, DateTimeOffset.UtcNow.AddHours(1), isTemporary);

    private static void Trusted(TrustBasis basis, string? name, TrustVerdict verdict)
    {
        Assert.True(verdict.IsTrusted, verdict.Error?.Message);
        Assert.Equal((basis, name), (verdict.Basis, verdict.PeerName));
        verdict.ThrowIfRefused();
    }

    private static StationException Refused(StationFault fault, TrustVerdict verdict)
    {
        Assert.False(verdict.IsTrusted);
        Assert.Equal(TrustBasis.None, verdict.Basis);
        return StationAssert.Fails(fault, verdict.ThrowIfRefused);
    }

    private ClientTrust Trust(TrustMode mode = TrustMode.Strict) => new() { Mode = mode, Store = _store, Address = Address };
}
