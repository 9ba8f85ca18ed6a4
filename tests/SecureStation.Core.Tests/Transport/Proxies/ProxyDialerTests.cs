using System.Net;
using System.Net.Sockets;
using System.Text;
using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Transport.Proxies;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Transport.Proxies;

/// <summary>Sessions through real proxies (microsocks, tinyproxy), and what comes of broken ones.</summary>
public class ProxyDialerTests
{
    private static readonly NetworkCredential s_login = new("station", "s3cret");
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sessions_go_through_Socks5(bool hasLogin)
    {
        using ProxyProcess proxy = hasLogin ? await ProxyProcess.StartSocksAsync("station", "s3cret") : await ProxyProcess.StartSocksAsync();
        await AssertWorksAsync(proxy, hasLogin);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sessions_go_through_Http(bool hasLogin)
    {
        using ProxyProcess proxy = hasLogin ? await ProxyProcess.StartHttpAsync("station", "s3cret") : await ProxyProcess.StartHttpAsync();
        await AssertWorksAsync(proxy, hasLogin);
    }

    [Fact]
    public async Task Where_nobody_listens_the_proxys_reason_is_told()
    {
        using ProxyProcess socks = await ProxyProcess.StartSocksAsync();
        Assert.Contains("status 5", (await FailsAsync(StationFault.ConnectFailed, socks.Address)).PeerHint!, StringComparison.Ordinal);
        using ProxyProcess http = await ProxyProcess.StartHttpAsync();
        Assert.Contains("500", (await FailsAsync(StationFault.ConnectFailed, http.Address)).PeerHint!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Real_proxies_refuse_other_logins_and_none()
    {
        using ProxyProcess socks = await ProxyProcess.StartSocksAsync("station", "s3cret");
        using ProxyProcess http = await ProxyProcess.StartHttpAsync("station", "s3cret");
        foreach (string proxy in new[] { socks.Address, http.Address })
        {
            StationException none = await FailsAsync(StationFault.ProxyFailed, proxy);
            Assert.Equal((StationSubject.ProxyLogin, HandshakeStage.Connect, "127.0.0.1:1"), (none.Subject, none.Stage, none.Address));
            StationException other = await FailsAsync(StationFault.ProxyFailed, proxy, new NetworkCredential("station", "wr0ng"));
            Assert.Equal(StationSubject.ProxyLogin, other.Subject);
            Assert.DoesNotContain("wr0ng", other.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("socks5", "")]
    [InlineData("socks5", "05")]
    [InlineData("socks5", "0500,05000003ff61")]
    [InlineData("http", "")]
    [InlineData("http", "485454502f312e312032303020")]
    public async Task An_answer_that_ends_too_soon_is_ProxyFailed(string scheme, string answers)
    {
        await using FakeProxy proxy = new(scheme, answers, thenCloses: true);
        StationException e = await FailsAsync(StationFault.ProxyFailed, proxy.Address);
        Assert.Contains("closed the connection", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_ProxyFailed_before_it_is_kept()
    {
        await using FakeProxy proxy = new("http", Convert.ToHexString(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nX: " + new string('x', 100_000))), thenCloses: false);
        Assert.Contains("more than 8192 bytes", (await FailsAsync(StationFault.ProxyFailed, proxy.Address)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("socks5", "")]
    [InlineData("socks5", "0500")]
    [InlineData("http", "48545450")]
    public async Task One_that_hangs_costs_the_time_of_the_handshake_and_no_more(string scheme, string answers)
    {
        await using FakeProxy proxy = new(scheme, answers, thenCloses: false);
        StationException e = await Expect.FaultAsync(StationFault.Timeout, ConnectAsync(proxy.Address, 1, null, limits: StationLimits.Default with { HandshakeTimeout = s_short }));
        Assert.Equal(HandshakeStage.Connect, e.Stage);
        Assert.Contains(proxy.Address, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 407 ")]
    [InlineData("HTTP/1.1 503 ")]
    [InlineData("HTTP/1.1 what ")]
    [InlineData("")]
    public async Task A_login_that_a_proxy_says_back_is_not_shown(string before)
    {
        // Base64 of station:s3cret.
        string answer = $"{before}c3RhdGlvbjpzM2NyZXQ=\r\n\r\n";
        await using FakeProxy proxy = new("http", Convert.ToHexString(Encoding.ASCII.GetBytes(answer)), thenCloses: true);
        StationException e = await Assert.ThrowsAsync<StationException>(() => ConnectAsync(proxy.Address, 1, s_login));
        Assert.DoesNotContain("c3RhdGlvbjpzM2NyZXQ", $"{e} {e.PeerHint}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_only_echoes_does_not_have_the_login_shown()
    {
        await using FakeProxy proxy = new("socks5", "0502,020107" + Convert.ToHexString("station"u8) + "06" + Convert.ToHexString("s3cret"u8), thenCloses: false);
        StationException e = await FailsAsync(StationFault.ProxyFailed, proxy.Address, s_login);
        Assert.DoesNotContain(Convert.ToHexStringLower("s3cret"u8), $"{e} {e.PeerHint}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_not_there_is_ConnectFailed_and_named()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        StationException e = await FailsAsync(StationFault.ConnectFailed, $"socks5://127.0.0.1:{port}");
        Assert.Contains($"socks5://127.0.0.1:{port}", e.Message, StringComparison.Ordinal);
        Assert.Equal((StationSubject.Proxy, "127.0.0.1:1"), (e.Subject, e.Address));
    }

    [Fact]
    public async Task What_comes_in_one_piece_with_the_answer_is_the_other_sides()
    {
        await using FakeProxy proxy = new("socks5", "0500,0500000100000000000048616c6c6f", thenCloses: false);
        await using ITransport through = await new ProxyDialer(ProxyAddress.Parse(proxy.Address)).ConnectAsync(StationAddress.Tcp("h", 1), TestContext.Current.CancellationToken);
        var bytes = new byte[16];
        int length = await through.ReadAsync(bytes, TestContext.Current.CancellationToken).AsTask().WaitAsync(TestListener.Patience, TestContext.Current.CancellationToken);
        Assert.Equal("Hallo", Encoding.ASCII.GetString(bytes, 0, length));
    }

    [Fact]
    public async Task What_is_of_this_machine_alone_goes_through_no_proxy()
    {
        var dialer = new ProxyDialer(ProxyAddress.Parse("socks5://127.0.0.1:1"));
        await Expect.FaultAsync(StationFault.InvalidArgument, dialer.ConnectAsync(StationAddress.NamedPipe("station"), TestContext.Current.CancellationToken));
        await Expect.FaultAsync(StationFault.InvalidArgument, dialer.ConnectAsync(StationAddress.Tcp("fe80::1%eth0", 1), TestContext.Current.CancellationToken));
    }

    private static async Task AssertWorksAsync(ProxyProcess proxy, bool hasLogin)
    {
        await using StationListener listener = TestListener.Start();
        using var folder = new TemporaryFolder();
        var store = new FileTrustStore(folder.Path);

        // By a name, which the proxy resolves; the pin is for the name and knows of no proxy.
        string address = $"localhost:{listener.Port}";
        var trust = new ClientTrust { Mode = TrustMode.FirstUse, Store = store, Address = address };
        await using StationSession session = await ConnectAsync(proxy.Address, listener.Port, hasLogin ? s_login : null, trust, "localhost");
        Assert.Equal($"{address} via {proxy.Address}", session.RemoteAddress);
        await TestListener.AssertWorksAsync(listener, session);
        Assert.Equal(listener.PublicKey.Fingerprint, store.FindPin(address));
    }

    private static Task<StationException> FailsAsync(StationFault fault, string proxy, NetworkCredential? login = null) =>
        Expect.FaultAsync(fault, ConnectAsync(proxy, 1, login));

    private static Task<StationSession> ConnectAsync(
        string proxy, int port, NetworkCredential? login, ClientTrust? trust = null, string host = "127.0.0.1", StationLimits? limits = null) =>
        StationClient.ConnectAsync(new StationClientOptions
        {
            Host = host,
            Port = port,
            Dialer = new ProxyDialer(ProxyAddress.Parse(proxy), login),
            Trust = trust ?? new ClientTrust(),
            Limits = limits ?? StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60) },
        }).WaitAsync(TestListener.Patience);

    /// <summary>One that gives these answers, one for each thing that it is told.</summary>
    private sealed class FakeProxy : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;

        public FakeProxy(string scheme, string answers, bool thenCloses)
        {
            _listener.Start();
            Address = $"{scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
            _serving = ServeAsync(answers, thenCloses);
        }

        public string Address { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Dispose();
            await _serving.ContinueWith(static _ => { }, TaskScheduler.Default);
            _stop.Dispose();
        }

        private async Task ServeAsync(string answers, bool thenCloses)
        {
            using Socket client = await _listener.AcceptSocketAsync(_stop.Token);
            var buffer = new byte[4096];
            foreach (string answer in answers.Split(','))
            {
                await client.ReceiveAsync(buffer, _stop.Token);
                await client.SendAsync(Convert.FromHexString(answer), _stop.Token);
            }

            if (!thenCloses)
            {
                await Task.Delay(Timeout.Infinite, _stop.Token);
            }
        }
    }
}
