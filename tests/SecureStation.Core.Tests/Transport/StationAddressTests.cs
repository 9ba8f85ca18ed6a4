using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Transport;

public class StationAddressTests
{
    [Theory]
    [InlineData("Server.Example:7700", StationAddressKind.Tcp, "server.example:7700")]
    [InlineData("[FE80::1%eth0]:1", StationAddressKind.Tcp, "[fe80::1%eth0]:1")]
    [InlineData("unix:7700", StationAddressKind.Tcp, "unix:7700")]
    [InlineData("pipe:65535", StationAddressKind.Tcp, "pipe:65535")]
    [InlineData("PIPE:Station.A-1_x", StationAddressKind.NamedPipe, "pipe:station.a-1_x")]
    public void Reads_each_form_in_its_one_spelling(string text, StationAddressKind kind, string spelling)
    {
        StationAddress address = StationAddress.Parse(text);
        Assert.Equal((kind, spelling), (address.Kind, address.ToString()));
        Assert.Equal(address, StationAddress.Parse(spelling));
    }

    [Theory]
    [InlineData("unix:/run/S.sock", "unix:/run/S.sock")]
    [InlineData("UNIX:/run//a b/../ü.sock", "unix:/run/ü.sock")]
    [InlineData("unix:/7700", "unix:/7700")]
    [InlineData("unix:/it's:here?&%20", "unix:/it's:here?&%20")]
    public void The_path_of_a_Unix_socket_keeps_its_case(string text, string spelling)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths are other ones on Windows.");
        StationAddress address = StationAddress.Parse(text);
        Assert.Equal((StationAddressKind.UnixSocket, spelling, spelling["unix:".Length..]), (address.Kind, address.ToString(), address.Path));
        Assert.Equal((string.Empty, 0), (address.Host, address.Port));
        Assert.Equal(spelling, PeerAddress.Normalize(text));
    }

    [Theory]
    [InlineData("unix:")]
    [InlineData("unix:s.sock")]
    [InlineData("unix:./s.sock")]
    [InlineData("unix:/")]
    [InlineData("unix:/run/")]
    [InlineData("unix:/run/..")]
    [InlineData("unix:/a;b")]
    [InlineData("unix:/a\0b")]
    [InlineData("unix:/a\nb")]
    [InlineData("unix:/a\u001b[31mb")]
    [InlineData("unix:/a\u202eb")]
    [InlineData("pipe:")]
    [InlineData("pipe:a\\b")]
    [InlineData("pipe:a b")]
    [InlineData("pipe:ü")]
    public void Refuses_what_is_no_address(string text) => StationAssert.Fails(StationFault.InvalidArgument, () => StationAddress.Parse(text));

    [Theory]
    [InlineData("http://host:80")]
    [InlineData("tcp://host:7700")]
    [InlineData("http://host")]
    public void A_scheme_is_what_is_wrong_where_there_is_one(string text) =>
        Assert.Contains("scheme", StationAssert.Fails(StationFault.InvalidArgument, () => StationAddress.Parse(text)).Message, StringComparison.Ordinal);

    // As a constant of an attribute it would be another text.
    [Fact]
    public void Refuses_half_a_character() => StationAssert.Fails(StationFault.InvalidArgument, static () => StationAddress.Parse("unix:/a\ud800b"));

    [Fact]
    public void A_path_is_as_long_as_the_system_takes_and_counts_in_bytes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths are other ones on Windows.");
        string longest = "/" + new string('a', StationAddress.MaxPathLength - 1);
        Assert.Equal(longest, StationAddress.UnixSocket(longest).Path);
        StationException e = StationAssert.Fails(StationFault.InvalidArgument, () => StationAddress.UnixSocket(longest + "a"));
        Assert.Contains($"{StationAddress.MaxPathLength + 1}", e.Message, StringComparison.Ordinal);
        StationAssert.Fails(StationFault.InvalidArgument, () => StationAddress.UnixSocket(longest[..^1] + "ü"));
        StationAssert.Fails(StationFault.InvalidArgument, static () => StationAddress.UnixSocket("/" + new string('a', 1 << 20)));
        StationAssert.Fails(StationFault.InvalidArgument, static () => StationAddress.NamedPipe(new string('a', 201)));
    }
}
