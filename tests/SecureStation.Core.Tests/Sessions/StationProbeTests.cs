using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Sessions;

public sealed class StationProbeTests : IDisposable
{
    private static readonly StationKeyPair s_server = StationKeyPair.Generate();
    private static readonly StationKeyPair s_client = StationKeyPair.Generate();

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_station_that_nobody_knows_answers_and_is_not_trusted_nor_written_down()
    {
        await using StationListener listener = Start();
        var store = new FileTrustStore(Path.Combine(_folder.Path, "trust"));
        StationProbeReport report = await Probe(listener.Port, new ClientTrust { Store = store, Address = $"127.0.0.1:{listener.Port}" }, s_client);
        Assert.True(report.IsAnswering, $"{report.Error}");
        Assert.False(report.IsTrusted);
        Assert.Equal(StationFault.PeerUntrusted, report.Error!.Fault);
        Assert.Equal(s_server.Fingerprint.ToString(), report.PeerFingerprint);
        Assert.Equal(["Passed", "Passed", "Passed", "Passed", "Passed", "Skipped", "Skipped"], report.Stages.Select(stage => stage.Result.ToString()));
        Assert.Empty(store.List());
        Assert.Null(store.FindPin($"127.0.0.1:{listener.Port}"));
        Assert.Empty(listener.Sessions);
    }

    [Fact]
    public async Task A_trusted_station_lets_a_known_identity_in_and_the_session_ends_at_once()
    {
        await using StationListener listener = Start(TrustMode.Any);
        StationProbeReport report = await Probe(listener.Port, new ClientTrust { ExpectedFingerprint = s_server.Fingerprint }, s_client);
        Assert.True(report is { IsAnswering: true, IsTrusted: true }, $"{report.Error}");
        Assert.All(report.Stages, stage => Assert.Equal(ProbeResult.Passed, stage.Result));
        await using StationSession seen = await listener.AcceptAsync(Token);
        Assert.Equal(StationFault.SessionClosed, (await Assert.ThrowsAsync<StationException>(() => seen.ReceiveAsync(Token).AsTask())).Fault);
    }

    [Fact]
    public async Task A_station_that_refuses_the_identity_fails_at_Welcome()
    {
        await using StationListener listener = Start();
        StationProbeReport report = await Probe(listener.Port, new ClientTrust { ExpectedFingerprint = s_server.Fingerprint }, s_client);
        Assert.Equal(("Welcome", StationFault.PeerRefused), (report.FailedStage, report.Error!.Fault));
    }

    [Fact]
    public async Task Another_key_than_the_one_named_fails_at_Trust()
    {
        await using StationListener listener = Start();
        StationProbeReport report = await Probe(listener.Port, new ClientTrust { ExpectedFingerprint = s_client.Fingerprint });
        Assert.Equal(("Trust", StationFault.PeerUntrusted), (report.FailedStage, report.Error!.Fault));
    }

    [Fact]
    public async Task Nobody_there_fails_at_Connect_and_an_unknown_name_at_Resolve()
    {
        Assert.Equal("Connect", (await Probe(1, new ClientTrust())).FailedStage);
        StationProbeReport report = await StationProbe.ProbeAsync(new StationClientOptions { Host = "no-such-host.invalid", Port = 1, Trust = new ClientTrust() }, Token);
        Assert.Equal(("Resolve", StationFault.ConnectFailed), (report.FailedStage, report.Error!.Fault));
    }

    [Fact]
    public async Task Something_that_is_no_station_fails_at_Message2_within_the_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        StationProbeReport report = await Probe(((IPEndPoint)silent.LocalEndpoint).Port, new ClientTrust());
        Assert.Equal(("Message2", StationFault.Timeout), (report.FailedStage, report.Error!.Fault));
    }

    [Fact]
    public async Task A_plain_refusal_where_Welcome_is_due_is_a_refusal_at_Welcome_with_its_hint()
    {
        using var responder = new TcpListener(IPAddress.Loopback, 0);
        responder.Start();
        Task<Socket> accepting = responder.AcceptSocketAsync(Token).AsTask();
        var key = StationKeyPair.Generate();
        Task<StationProbeReport> probing = Probe(((IPEndPoint)responder.LocalEndpoint).Port, new ClientTrust { ExpectedFingerprint = key.Fingerprint }, s_client, TimeSpan.FromSeconds(60));
        await using var peer = new FakePeer(new TcpTransport(await accepting)) { Identity = key };
        await peer.RespondAsync();
        await peer.SendRawAsync([0, 0, 0, (byte)StationReason.HandshakeFailed]);
        StationProbeReport report = await probing;
        Assert.Equal(("Welcome", StationFault.HandshakeFailed), (report.FailedStage, report.Error!.Fault));
        Assert.Equal(nameof(StationReason.HandshakeFailed), report.Error.PeerHint);
    }

    [Theory]
    [InlineData(TrustMode.Any)]
    [InlineData(TrustMode.FirstUse)]
    public async Task A_probe_never_trusts_by_itself(TrustMode mode) =>
        Assert.Equal(StationFault.InvalidArgument, (await Assert.ThrowsAsync<StationException>(() => Probe(1, new ClientTrust { Mode = mode }))).Fault);

    private static StationListener Start(TrustMode mode = TrustMode.Strict) => StationListener.Start(
        new StationListenerOptions { KeyPair = s_server, Trust = new ListenerTrust { Mode = mode } });

    private static Task<StationProbeReport> Probe(int port, ClientTrust trust, StationKeyPair? identity = null, TimeSpan? patience = null) => StationProbe.ProbeAsync(
        new StationClientOptions { Host = "127.0.0.1", Port = port, Trust = trust, KeyPair = identity, Limits = new StationLimits { HandshakeTimeout = patience ?? TimeSpan.FromSeconds(2) } }, Token);
}
