using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Listening;

public class ListenerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public async Task Loopback_answers_on_IPv4_and_IPv6(string host)
    {
        Assert.SkipWhen(host == "::1" && !HasIPv6(), "This machine has no IPv6 loopback address.");
        await using StationListener listener = TestListener.Start();
        Assert.All(listener.EndPoints, static endPoint => Assert.True(IPAddress.IsLoopback(endPoint.Address)));
        Assert.Single(listener.EndPoints.Select(static endPoint => endPoint.Port).Distinct());
        await using StationSession session = await TestListener.ConnectAsync(listener, host: host);
        await TestListener.AssertWorksAsync(listener, session);
    }

    [Theory]
    [InlineData("Any")]
    [InlineData("any")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("LOOPBACK")]
    public async Task Every_form_of_address_can_be_reached(string address)
    {
        await using StationListener listener = Start(address);
        await using StationSession session = await TestListener.ConnectAsync(listener);
        await TestListener.AssertWorksAsync(listener, session);
    }

    [Theory]
    [InlineData("nowhere.example")]
    [InlineData("")]
    [InlineData("999.1.1.1")]
    public void What_is_no_address_is_InvalidArgument(string address) => StationAssert.Fails(StationFault.InvalidArgument, () => Start(address));

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void What_is_no_port_is_InvalidArgument(int port) => StationAssert.Fails(StationFault.InvalidArgument, () => Start("Loopback", port));

    [Fact]
    public void An_address_of_another_machine_is_ListenFailed() => StationAssert.Fails(StationFault.ListenFailed, () => Start("192.0.2.1"));

    [Fact]
    public async Task A_port_in_use_is_ListenFailed()
    {
        await using StationListener first = TestListener.Start();
        StationException e = StationAssert.Fails(StationFault.ListenFailed, () => Start("Loopback", first.Port));
        Assert.Contains($"{first.Port}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_listeners_port_can_be_bound_again_at_once()
    {
        StationListener first = TestListener.Start();
        StationSession session = await TestListener.ConnectAsync(first);
        await first.StopAsync(TestContext.Current.CancellationToken);
        await session.CloseAsync(TestContext.Current.CancellationToken);
        await using StationListener second = Start("Loopback", first.Port);
        Assert.Equal(first.Port, second.Port);
    }

    [Fact]
    public async Task A_start_that_fails_keeps_no_port()
    {
        int port = FreePort();
        StationAssert.Fails(StationFault.InvalidArgument, () => StationListener.Start(new StationListenerOptions
        {
            Port = port,
            AdvertisedHostName = "not a host",
            Trust = new ListenerTrust(),
        }));
        await using StationListener listener = Start("Loopback", port);
    }

    [Fact]
    public async Task Invitations_carry_the_advertised_host()
    {
        await using StationListener loopback = TestListener.Start();
        Assert.Equal("127.0.0.1", loopback.Invitation!.Host);
        await using StationListener any = Start("Any");
        Assert.Equal(Dns.GetHostName().ToLowerInvariant(), any.Invitation!.Host);
        await using StationListener named = StationListener.Start(new StationListenerOptions { AdvertisedHostName = "Station.Example", Trust = new ListenerTrust() });
        Assert.Equal("station.example", named.Invitation!.Host);
    }

    [Fact]
    public async Task Nobody_there_is_ConnectFailed()
    {
        var options = new StationClientOptions { Host = "127.0.0.1", Port = FreePort(), Trust = new ClientTrust() };
        StationException e = await Expect.FaultAsync(StationFault.ConnectFailed, StationClient.ConnectAsync(options, TestContext.Current.CancellationToken));
        Assert.Equal(HandshakeStage.Connect, e.Stage);
    }

    [Fact]
    public void A_suite_that_does_not_exist_is_InvalidArgument() => StationAssert.Fails(
        StationFault.InvalidArgument, static () => StationListener.Start(new StationListenerOptions { Suites = ["Noise_NN_25519_AESGCM_SHA256"], Trust = new ListenerTrust() }));

    private static StationListener Start(string address, int port = 0) =>
        StationListener.Start(new StationListenerOptions { Address = address, Port = port, Trust = new ListenerTrust { Mode = TrustMode.Any } });

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool HasIPv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
