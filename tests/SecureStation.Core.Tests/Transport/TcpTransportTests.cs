using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Tests.Transport;

public class TcpTransportTests
{
    [Fact]
    public async Task Where_nobody_answers_the_address_is_told_in_its_one_spelling()
    {
        int port;
        using (var free = new TcpListener(IPAddress.IPv6Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        StationException e = await Expect.FaultAsync(StationFault.ConnectFailed, TcpTransport.ConnectAsync("::1", port, TestContext.Current.CancellationToken));
        Assert.Equal($"[::1]:{port}", e.Address);
        Assert.Contains($"[::1]:{port}", e.Message, StringComparison.Ordinal);
    }
}
