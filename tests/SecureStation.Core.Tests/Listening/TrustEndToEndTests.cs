using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Listening;

/// <summary>Trust over real connections, with stores on disk.</summary>
public sealed class TrustEndToEndTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StationKeyPair _client = StationKeyPair.Generate();
    private readonly StationKeyPair _server = StationKeyPair.Generate();

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Strict_refuses_until_the_address_has_the_key()
    {
        await using StationListener listener = Listen(_server);
        FileTrustStore store = Store("client");
        StationException e = await Expect.FaultAsync(StationFault.PeerUntrusted, ConnectAsync(listener, TrustMode.Strict, store));
        Assert.Equal((_server.Fingerprint.ToString(), Address(listener)), (e.PeerFingerprint, e.Address));
        Assert.Contains("Add-StationPeer", e.Message, StringComparison.Ordinal);

        store.Add(new PeerRecord { Name = "server", Fingerprint = _server.Fingerprint, PublicKey = _server.PublicKey, Addresses = [Address(listener)] }, replace: false);
        await using StationSession session = await ConnectAsync(listener, TrustMode.Strict, store);
        Assert.Equal((TrustBasis.Pinned, "server"), (session.TrustBasis, session.PeerName));
    }

    [Fact]
    public async Task A_listener_accepts_records_that_say_so_and_no_others()
    {
        FileTrustStore store = Store("server");
        await using StationListener listener = StationListener.Start(new StationListenerOptions { KeyPair = _server, Trust = new ListenerTrust { Store = store } });
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, ConnectAsync(listener, TrustMode.Any, null));
        Assert.Equal(nameof(StationReason.PeerUntrusted), e.PeerHint);
        store.Add(new PeerRecord { Name = "client", Fingerprint = _client.Fingerprint, PublicKey = _client.PublicKey, Accept = true }, replace: false);
        await using StationSession session = await ConnectAsync(listener, TrustMode.Any, null);
        StationSession accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.Equal((TrustBasis.Accepted, "client"), (accepted.TrustBasis, accepted.PeerName));
        Assert.Empty(store.FindByName("client")!.Addresses);
    }

    [Fact]
    public async Task A_listener_whose_store_is_damaged_refuses_by_Close_and_tells_only_its_own_side_why()
    {
        FileTrustStore store = Store("server");
        store.Add(new PeerRecord { Name = "client", Fingerprint = _client.Fingerprint, PublicKey = _client.PublicKey, Accept = true }, replace: false);
        File.AppendAllText(Directory.GetFiles(store.Directory, "*.json").Single(), "x");
        await using StationListener listener = StationListener.Start(new StationListenerOptions { KeyPair = _server, Trust = new ListenerTrust { Store = store } });
        var failed = new TaskCompletionSource<StationException>();
        listener.HandshakeFailed += (_, e) => failed.TrySetResult(e.Failure);
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, ConnectAsync(listener, TrustMode.Any, null));
        Assert.Equal(nameof(StationReason.PeerUntrusted), e.PeerHint);
        Assert.Equal(StationFault.TrustStoreDamaged, (await failed.Task.WaitAsync(TestListener.Patience, TestContext.Current.CancellationToken)).Fault);
    }

    [Fact]
    public async Task FirstUse_pins_and_finds_a_changed_key_at_the_same_address()
    {
        FileTrustStore store = Store("client");
        int port;
        await using (StationListener listener = Listen(_server))
        {
            port = listener.Port;
            await using StationSession first = await ConnectAsync(listener, TrustMode.FirstUse, store);
            Assert.Equal(TrustBasis.FirstUse, first.TrustBasis);
            await using StationSession second = await ConnectAsync(listener, TrustMode.Strict, store);
            Assert.Equal(TrustBasis.Pinned, second.TrustBasis);
        }

        using StationKeyPair other = StationKeyPair.Generate();
        await using StationListener impostor = StationListener.Start(new StationListenerOptions { KeyPair = other, Port = port, Trust = new ListenerTrust { Mode = TrustMode.Any } });
        foreach (TrustMode mode in new[] { TrustMode.FirstUse, TrustMode.Strict })
        {
            StationException e = await Expect.FaultAsync(StationFault.PeerKeyChanged, ConnectAsync(impostor, mode, store));
            Assert.Equal(other.Fingerprint.ToString(), e.PeerFingerprint);
        }

        // An invitation does not talk its way past the pin either.
        using StationInvitation invitation = impostor.CreateInvitation(1, TimeSpan.FromHours(1));
        var trust = new ClientTrust { Store = store, Invitation = invitation, Address = Address(impostor) };
        await Expect.FaultAsync(StationFault.PeerKeyChanged, StationClient.ConnectAsync(new StationClientOptions { KeyPair = _client, Trust = trust }, TestContext.Current.CancellationToken));
        Assert.Equal(_server.Fingerprint, store.FindPin(Address(impostor)));

        // Any asks nobody, and changes nothing.
        await using StationSession any = await ConnectAsync(impostor, TrustMode.Any, store);
        Assert.Equal(_server.Fingerprint, store.FindPin(Address(impostor)));
    }

    [Fact]
    public async Task Of_two_first_contacts_that_race_with_different_keys_one_is_refused()
    {
        // Two stations answer for one address, as when someone is in between for one of the two connections.
        using StationKeyPair other = StationKeyPair.Generate();
        await using StationListener real = Listen(_server);
        await using StationListener impostor = Listen(other);
        for (int round = 0; round < 5; round++)
        {
            FileTrustStore store = Store($"race-{round}");
            Task<StationSession>[] racing = [.. new[] { real, impostor }.Select(listener => ConnectAsync(listener, TrustMode.FirstUse, store, "station.example:7700"))];
            await Task.WhenAny(Task.WhenAll(racing), Task.Delay(TestListener.Patience, TestContext.Current.CancellationToken));
            Task<StationSession> winner = Assert.Single(racing, static task => task.IsCompletedSuccessfully);
            Task<StationSession> loser = Assert.Single(racing, static task => task.IsFaulted);
            Assert.Equal(StationFault.PeerKeyChanged, Assert.IsType<StationException>(loser.Exception!.InnerException).Fault);
            Assert.Equal((await winner).RemotePublicKey!.Fingerprint, store.FindPin("station.example:7700"));
        }
    }

    [Theory]
    [InlineData(TrustMode.Strict)]
    public async Task A_peer_known_for_another_address_is_untrusted_here(TrustMode mode)
    {
        await using StationListener listener = Listen(_server);
        FileTrustStore store = Store("client");
        store.Add(new PeerRecord { Name = "server", Fingerprint = _server.Fingerprint, PublicKey = _server.PublicKey, Addresses = ["elsewhere.example:7700"] }, replace: false);
        StationException e = await Expect.FaultAsync(StationFault.PeerUntrusted, ConnectAsync(listener, mode, store));
        Assert.Contains("elsewhere.example:7700", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ones_own_key_is_refused_on_both_sides_unless_named()
    {
        await using StationListener listener = Listen(_server);
        var trust = new ClientTrust { Mode = TrustMode.Any, Address = Address(listener) };
        await Expect.FaultAsync(StationFault.PeerUntrusted, ConnectAsync(listener, trust, _server));

        // The client names it; the listener does not.
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, TestListener.ConnectAsync(listener, _server));
        Assert.Equal(nameof(StationReason.PeerUntrusted), e.PeerHint);
    }

    [Fact]
    public async Task A_refused_listener_never_sees_who_the_client_is()
    {
        await using StationListener listener = Listen(_server);
        var failures = new List<StationException>();
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.HandshakeFailed += (_, e) =>
        {
            failures.Add(e.Failure);
            failed.TrySetResult();
        };
        await Expect.FaultAsync(StationFault.PeerUntrusted, ConnectAsync(listener, TrustMode.Strict, Store("client")));
        await failed.Task.WaitAsync(TestListener.Patience, TestContext.Current.CancellationToken);
        StationException failure = Assert.Single(failures);
        Assert.Equal((HandshakeStage.Message3, nameof(StationReason.PeerUntrusted)), (failure.Stage, failure.PeerHint));
        Assert.DoesNotContain(_client.Fingerprint.ToString(), failure.ToString(), StringComparison.Ordinal);
    }

    private static string Address(StationListener listener) => $"127.0.0.1:{listener.Port}";

    private static StationListener Listen(StationKeyPair key) =>
        StationListener.Start(new StationListenerOptions { KeyPair = key, Trust = new ListenerTrust { Mode = TrustMode.Any } });

    private FileTrustStore Store(string name) => new(_folder.File(name));

    private Task<StationSession> ConnectAsync(StationListener listener, TrustMode mode, ITrustStore? store, string? address = null) =>
        ConnectAsync(listener, new ClientTrust { Mode = mode, Store = store, Address = address ?? Address(listener) }, _client);

    private static Task<StationSession> ConnectAsync(StationListener listener, ClientTrust trust, StationKeyPair key) =>
        StationClient.ConnectAsync(new StationClientOptions { Host = "127.0.0.1", Port = listener.Port, KeyPair = key, Trust = trust }).WaitAsync(TestListener.Patience);
}
