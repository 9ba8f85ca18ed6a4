using System.Net;
using System.Text;
using SecureStation.Core.Transport;
using SecureStation.Core.Transport.Proxies;

namespace SecureStation.Core.Tests.Transport.Proxies;

/// <summary>Both protocols without a byte of I/O: what is said, and what comes of each answer, whole or in pieces.</summary>
public class NegotiationTests
{
    private static readonly ProxyAddress s_socks = ProxyAddress.Parse("socks5://proxy.example:1080");
    private static readonly ProxyAddress s_http = ProxyAddress.Parse("http://proxy.example:3128");
    private static readonly NetworkCredential s_login = new("us\u00e9r", "s3cret");

    [Theory]
    [InlineData("host.example:7700", "05010003" + "0c" + "686f73742e6578616d706c65" + "1e14")]
    [InlineData("192.0.2.7:1", "05010001" + "c0000207" + "0001")]
    [InlineData("[2001:db8::1]:65535", "05010004" + "20010db8000000000000000000000001" + "ffff")]
    public void Socks5_sends_names_as_they_are(string target, string request)
    {
        var negotiation = ProxyNegotiation.Create(s_socks, StationAddress.Parse(target), null);
        Assert.Equal("050100", Hex(negotiation.Begin()));
        ProxyStep step = negotiation.Read([5, 0]);
        Assert.Equal((2, request, false), (step.Eaten, Hex(step.Send), step.IsConnected));
    }

    [Theory]
    [InlineData("05000001000000000000", 10)]
    [InlineData("050000030361626300ff", 10)]
    [InlineData("0500000300" + "00ff", 7)]
    [InlineData("05000004000000000000000000000000000000000001", 22)]
    public void Socks5_takes_the_whole_reply_and_not_a_byte_more(string reply, int length)
    {
        ProxyNegotiation negotiation = Asked();
        byte[] bytes = [.. Convert.FromHexString(reply), 0xAB];
        for (int i = 0; i < length; i++)
        {
            Assert.Equal(ProxyStep.NeedsMore, negotiation.Read(bytes.AsSpan(..i)));
        }

        Assert.Equal((length, true), (negotiation.Read(bytes).Eaten, negotiation.Read(bytes).IsConnected));
    }

    [Fact]
    public void Socks5_logs_in_where_the_proxy_asks_for_it()
    {
        ProxyNegotiation negotiation = Create(s_socks, s_login);
        Assert.Equal("05020002", Hex(negotiation.Begin()));
        Assert.Equal("01" + "05" + "7573c3a972" + "06" + "733363726574", Hex(negotiation.Read([5, 2]).Send));
        Assert.Equal(ProxyStep.NeedsMore, negotiation.Read([1]));
        Assert.StartsWith("050100", Hex(negotiation.Read([1, 0]).Send), StringComparison.Ordinal);

        ProxyNegotiation open = Create(s_socks, s_login);
        open.Begin();
        Assert.StartsWith("050100", Hex(open.Read([5, 0]).Send), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("04", "does not speak SOCKS5", StationSubject.Proxy)]
    [InlineData("485454502f312e3120343030", "begins with http://", StationSubject.Proxy)]
    [InlineData("0501", "not offered, 1", StationSubject.Proxy)]
    [InlineData("0502", "asks for a login", StationSubject.ProxyLogin)]
    [InlineData("05ff", "asks for a login", StationSubject.ProxyLogin)]
    public void Socks5_says_what_is_the_matter(string answer, string expected, StationSubject subject)
    {
        ProxyNegotiation negotiation = Create(s_socks);
        negotiation.Begin();
        AssertFails(StationFault.ProxyFailed, subject, expected, () => negotiation.Read(Convert.FromHexString(answer)));
    }

    [Theory]
    [InlineData("05ff")]
    [InlineData("0502,0101")]
    [InlineData("0502,01ff")]
    public void Socks5_says_that_a_login_is_not_taken_and_never_which(string answers)
    {
        ProxyNegotiation negotiation = Create(s_socks, s_login);
        negotiation.Begin();
        StationException e = AssertFails(StationFault.ProxyFailed, StationSubject.ProxyLogin, "does not take the login", () =>
        {
            foreach (string answer in answers.Split(','))
            {
                negotiation.Read(Convert.FromHexString(answer));
            }
        });
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "general failure")]
    [InlineData(2, "not allowed by its rules")]
    [InlineData(5, "connection refused")]
    [InlineData(8, "address type not supported")]
    [InlineData(9, "unknown reason")]
    [InlineData(255, "unknown reason")]
    public void Socks5_gives_the_proxys_reason(byte status, string reason) => AssertFails(
        StationFault.ConnectFailed, StationSubject.Proxy, $"{reason} (status {status})", () => Asked().Read([5, status]));

    [Theory]
    [InlineData("05000002000000000000")]
    [InlineData("050000ff000000000000")]
    [InlineData("01000001000000000000")]
    public void Socks5_takes_no_broken_reply(string reply) =>
        AssertFails(StationFault.ProxyFailed, StationSubject.Proxy, "proxy.example", () => Asked().Read(Convert.FromHexString(reply)));

    [Fact]
    public void Socks5_refuses_a_login_that_it_cannot_carry()
    {
        string tooLong = new('x', 256);
        StationAssert.Fails(StationFault.InvalidArgument, () => Create(s_socks, new NetworkCredential(tooLong, "p")));
        StationAssert.Fails(StationFault.InvalidArgument, () => Create(s_socks, new NetworkCredential("u", tooLong)));
        StationAssert.Fails(StationFault.InvalidArgument, static () => Create(s_socks, new NetworkCredential("", "p")));
        Create(s_socks, new NetworkCredential("u", ""));
        StationAssert.Fails(StationFault.InvalidArgument, static () => Create(s_http, new NetworkCredential("a:b", "p")));
    }

    [Theory]
    [InlineData("host.example:7700")]
    [InlineData("[2001:db8::1]:7700")]
    public void Http_asks_for_a_tunnel(string target)
    {
        var plain = ProxyNegotiation.Create(s_http, StationAddress.Parse(target), null);
        Assert.Equal($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n", Encoding.ASCII.GetString(plain.Begin()));
        var login = ProxyNegotiation.Create(s_http, StationAddress.Parse(target), s_login);
        Assert.Equal(
            $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic {Convert.ToBase64String("us\u00e9r:s3cret"u8)}\r\n\r\n",
            Encoding.ASCII.GetString(login.Begin()));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 Connection established\r\nProxy-agent: x\r\n\r\n")]
    [InlineData("HTTP/1.0 200\r\n\r\n")]
    [InlineData("HTTP/1.1 204 \r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\nVia: a\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nVia: a\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public void Http_takes_the_whole_answer_and_not_a_byte_more(string answer)
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes(answer), 0x48];
        ProxyNegotiation negotiation = Create(s_http);
        int start = 0;
        for (int i = 0; i < answer.Length; i++)
        {
            ProxyStep step = negotiation.Read(bytes.AsSpan(start..i));
            Assert.False(step.IsConnected);
            start += step.Eaten;
        }

        ProxyStep last = negotiation.Read(bytes.AsSpan(start..));
        Assert.Equal((answer.Length - start, true), (last.Eaten, last.IsConnected));
        ProxyStep whole = negotiation.Read(bytes);
        Assert.Equal((answer.Length, true), (whole.Eaten, whole.IsConnected));
    }

    [Theory]
    [InlineData("HTTP/1.1 403 Filtered\r\n", StationFault.ConnectFailed, "403 Filtered")]
    [InlineData("HTTP/1.0 500 Unable to connect\r\n", StationFault.ConnectFailed, "500 Unable to connect")]
    [InlineData("HTTP/1.1 302 Found\r\n", StationFault.ConnectFailed, "302")]
    [InlineData("HTTP/1.1 101 Switching\r\n", StationFault.ConnectFailed, "101")]
    [InlineData("HTTP/1.1 407 Who are you?\n", StationFault.ProxyFailed, "asks for a login")]
    [InlineData("HTTP/1.0 401 Unauthorized\r\n", StationFault.ProxyFailed, "asks for a login")]
    [InlineData("HTTP/1.1 2000 OK\r\n", StationFault.ProxyFailed, "none of HTTP/1")]
    [InlineData("HTTP/1.1 20\r\n", StationFault.ProxyFailed, "none of HTTP/1")]
    [InlineData("HTTP/1.1 +20 OK\r\n", StationFault.ProxyFailed, "none of HTTP/1")]
    [InlineData("HTTP/2 200 OK\r\n", StationFault.ProxyFailed, "does not speak HTTP/1")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", StationFault.ProxyFailed, "SSH-2.0-OpenSSH_9.6")]
    [InlineData("\u0005\u00ff", StationFault.ProxyFailed, "begins with socks5://")]
    public void Http_says_what_is_the_matter_with_the_first_line(string answer, StationFault fault, string expected) => AssertFails(
        fault,
        expected.Contains("login", StringComparison.Ordinal) ? StationSubject.ProxyLogin : StationSubject.Proxy,
        expected,
        () => Create(s_http).Read(Encoding.Latin1.GetBytes(answer)));

    [Fact]
    public void What_a_proxy_says_is_shown_without_its_control_characters_and_bounded()
    {
        StationException e = StationAssert.Fails(
            StationFault.ConnectFailed,
            static () => Create(s_http).Read(Encoding.Latin1.GetBytes("HTTP/1.1 502 \u001b]0;owned\u0007" + new string('x', 4000) + "\r\n")));
        Assert.Contains("<U+001B>]0;owned<U+0007>", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', e.PeerHint!);
        Assert.True(e.Message.Length < 400, e.Message);
    }

    [Theory]
    [InlineData("socks5://Proxy.Example:1080", "socks5://proxy.example:1080")]
    [InlineData("HTTP://[::1]:8080/", "http://[::1]:8080")]
    public void The_address_of_a_proxy(string text, string expected) => Assert.Equal(expected, ProxyAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("proxy.example:1080")]
    [InlineData("socks4://proxy.example:1080")]
    [InlineData("socks5h://proxy.example:1080")]
    [InlineData("https://proxy.example:443")]
    [InlineData("http://proxy.example")]
    [InlineData("http://proxy.example:0")]
    [InlineData("http://proxy.example:80/path")]
    [InlineData("http://user:s3cret@proxy.example:80")]
    [InlineData("http://user:s3cret proxy.example:80")]
    [InlineData("unix:///run/proxy.sock")]
    public void What_is_no_address_of_a_proxy_is_refused_and_not_repeated(string text)
    {
        StationException e = StationAssert.Fails(StationFault.InvalidArgument, () => ProxyAddress.Parse(text));
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
        Assert.Equal(text.Contains('@', StringComparison.Ordinal), e.Message.Contains("-ProxyCredential", StringComparison.Ordinal));
    }

    private static ProxyNegotiation Create(ProxyAddress proxy, NetworkCredential? login = null) =>
        ProxyNegotiation.Create(proxy, StationAddress.Parse("host.example:7700"), login);

    private static ProxyNegotiation Asked()
    {
        ProxyNegotiation negotiation = Create(s_socks);
        negotiation.Begin();
        negotiation.Read([5, 0]);
        return negotiation;
    }

    private static StationException AssertFails(StationFault fault, StationSubject subject, string expected, Action action)
    {
        StationException e = StationAssert.Fails(fault, action);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Equal((subject, HandshakeStage.Connect, "host.example:7700"), (e.Subject, e.Stage, e.Address));
        return e;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
