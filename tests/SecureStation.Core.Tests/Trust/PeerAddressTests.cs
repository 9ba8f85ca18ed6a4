using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

public class PeerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", 7700, "127.0.0.1:7700")]
    [InlineData("Server.Example", 1, "server.example:1")]
    [InlineData("under_score", 65535, "under_score:65535")]
    [InlineData("::1", 7700, "[::1]:7700")]
    [InlineData("[::1]", 7700, "[::1]:7700")]
    [InlineData("FE80::1%eth0", 7700, "[fe80::1%eth0]:7700")]
    [InlineData("::ffff:1.2.3.4", 7700, "[::ffff:1.2.3.4]:7700")]
    public void Formats_and_parses(string host, int port, string address)
    {
        Assert.Equal(address, PeerAddress.Format(host, port));
        Assert.Equal((host.Trim('[', ']').ToLowerInvariant(), port), PeerAddress.Parse(address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData(":7700")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+1")]
    [InlineData("host: 1")]
    [InlineData("host:99999999999999999999")]
    [InlineData("::1:7700")]
    [InlineData("[host]:7700")]
    [InlineData("[127.0.0.1]:7700")]
    [InlineData("[::1:7700")]
    [InlineData("[::g]:7700")]
    [InlineData("[]:7700")]
    [InlineData("a b:1")]
    [InlineData("a'b:1")]
    [InlineData("a/b:1")]
    [InlineData("user@host:1")]
    [InlineData("-host:1")]
    [InlineData("höst:1")]
    [InlineData("host\n:1")]
    public void Refuses_other_forms(string address) => StationAssert.Fails(StationFault.InvalidArgument, () => PeerAddress.Parse(address));

    [Fact]
    public void Refuses_hosts_that_are_too_long() => StationAssert.Fails(StationFault.InvalidArgument, () => PeerAddress.Format(new string('a', 255), 1));
}
