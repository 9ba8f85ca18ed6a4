using System.Buffers.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

public class StationInvitationTests
{
    private const string Key = "key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    private const string Id = "id=EBESExQVFhcYGRobHB0eHw";
    private const string Psk = "psk=ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";
    private const string Exp = "exp=1900000000";
    private const string Good = $"station://host.example:7700?{Key}&{Id}&{Psk}&{Exp}";

    private static readonly Fingerprint s_responder = Fingerprint.Of("responder"u8);

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", true)]
    public void Comes_back_from_its_uri(string host, bool isTemporary)
    {
        DateTimeOffset expires = DateTimeOffset.UtcNow.AddHours(1);
        using StationInvitation made = StationInvitation.Create(host, 7700, s_responder, expires, isTemporary);
        using StationInvitation read = StationInvitation.Parse(made.Reveal());

        Assert.Equal((host, 7700, s_responder, isTemporary), (read.Host, read.Port, read.Fingerprint, read.IsTemporary));
        Assert.Equal(expires.ToUnixTimeSeconds(), read.ExpiresAt.ToUnixTimeSeconds());
        Assert.Equal(made.ExpiresAt, read.ExpiresAt);
        Assert.Equal(made.Id.ToArray(), read.Id.ToArray());
        Assert.Equal(SecretOf(made), SecretOf(read));
        Assert.Equal(made.Reveal(), read.Reveal());

        using StationInvitation other = StationInvitation.Create(host, 7700, s_responder, expires, isTemporary);
        Assert.NotEqual(made.Id.ToArray(), other.Id.ToArray());
        Assert.False(SecretOf(made).SequenceEqual(SecretOf(other)));
    }

    [Fact]
    public void Reads_the_documented_form()
    {
        using StationInvitation read = StationInvitation.Parse(Good);
        Assert.Equal("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", read.Fingerprint.ToHex());
        Assert.Equal("101112131415161718191a1b1c1d1e1f", Convert.ToHexStringLower(read.Id.Span));
        Assert.Equal("202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f", read.UsePsk(Convert.ToHexStringLower));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000), read.ExpiresAt);
        Assert.Equal(Good, read.Reveal());
    }

    [Theory]
    [InlineData(true, Good + "&kem=1")]
    [InlineData(false, Good)]
    public void Says_whether_the_listener_takes_a_hybrid(bool takesHybrid, string uri)
    {
        using StationInvitation read = StationInvitation.Parse(uri);
        Assert.Equal((takesHybrid, uri), (read.TakesHybrid, read.Reveal()));
        using StationInvitation made = StationInvitation.Create("h", 1, s_responder, DateTimeOffset.UtcNow.AddHours(1), temporary: true, takesHybrid);
        Assert.Equal(takesHybrid, made.ToString().EndsWith("&temp=1&kem=1", StringComparison.Ordinal));
        Assert.Equal(takesHybrid, StationInvitation.Parse(made.Reveal()).TakesHybrid);
    }

    [Theory]
    [InlineData($" station://HOST.example:7700/?{Key}&{Id}&{Psk}&{Exp}\r\n")]
    [InlineData($"STATION://host.example:7700?{Exp}&{Psk}&{Id}&{Key}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&{Psk}&{Exp}&later=1&later=2&flag")]
    public void Reads_other_spellings(string uri) => Assert.Equal(Good, StationInvitation.Parse(uri).Reveal());

    [Theory]
    [InlineData("/run/s.sock", "/run/s.sock")]
    [InlineData("/run/Gro\u00df & klein?#/100%.sock", "/run/Gro%C3%9F%20%26%20klein%3F%23/100%25.sock")]
    [InlineData("/a b/%41'\"&=+", "/a%20b/%2541%27%22%26%3D%2B")]
    public void Names_a_Unix_socket_by_its_encoded_path(string path, string encoded)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths are other ones on Windows.");
        using StationInvitation made = StationInvitation.Create(StationAddress.UnixSocket(path), s_responder, DateTimeOffset.UtcNow.AddHours(1), temporary: false);
        Assert.StartsWith($"station:unix:{encoded}?key=", made.Reveal(), StringComparison.Ordinal);
        using StationInvitation read = StationInvitation.Parse(made.Reveal());
        Assert.Equal(($"unix:{path}", string.Empty, 0), (read.Address, read.Host, read.Port));
        Assert.Equal(made.Reveal(), read.Reveal());
    }

    [Theory]
    [InlineData("station:unix:/run/a,b:c@d(e)!.sock", "unix:/run/a,b:c@d(e)!.sock")]
    [InlineData("STATION:UNIX:/run/%c3%A4.sock", "unix:/run/ä.sock")]
    [InlineData("station:unix:/run//x/../s.sock", "unix:/run/s.sock")]
    public void Reads_other_spellings_of_a_path(string start, string address)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths are other ones on Windows.");
        Assert.Equal(address, StationInvitation.Parse($"{start}?{Key}&{Id}&{Psk}&{Exp}").Address);
    }

    [Theory]
    [InlineData("station:unix:")]
    [InlineData("station:unix:s.sock")]
    [InlineData("station:unix:./s.sock")]
    [InlineData("station:unix://host/s.sock/")]
    [InlineData("station:unix:/run/")]
    [InlineData("station:unix:/a b")]
    [InlineData("station:unix:/ä")]
    [InlineData("station:unix:/a%")]
    [InlineData("station:unix:/a%4")]
    [InlineData("station:unix:/a%zz")]
    [InlineData("station:unix:/a%ff")]
    [InlineData("station:unix:/a%00b")]
    [InlineData("station:unix:/a%0ab")]
    [InlineData("station:unix:/a%3bb")]
    [InlineData("station:unix:/a#b")]
    [InlineData("station:pipe:station")]
    [InlineData("station:/run/s.sock")]
    public void Refuses_what_is_no_path_of_a_socket(string start) =>
        StationAssert.Fails(StationFault.InvalidInvitation, () => StationInvitation.Parse($"{start}?{Key}&{Id}&{Psk}&{Exp}"));

    [Fact]
    public void Refuses_a_path_that_is_too_long() => StationAssert.Fails(
        StationFault.InvalidInvitation, static () => StationInvitation.Parse($"station:unix:/{new string('a', StationAddress.MaxPathLength)}?{Key}&{Id}&{Psk}&{Exp}"));

    [Theory]
    [InlineData("")]
    [InlineData("station://")]
    [InlineData("station://host.example:7700")]
    [InlineData("station://host.example:7700?")]
    [InlineData($"http://host.example:7700?{Key}&{Id}&{Psk}&{Exp}")]
    [InlineData($"station://host.example?{Key}&{Id}&{Psk}&{Exp}")]
    [InlineData($"station://host.example:0?{Key}&{Id}&{Psk}&{Exp}")]
    [InlineData($"station://host.example:65536?{Key}&{Id}&{Psk}&{Exp}")]
    [InlineData($"station://user@host.example:7700?{Key}&{Id}&{Psk}&{Exp}")]
    [InlineData($"station://::1:7700?{Key}&{Id}&{Psk}&{Exp}")]
    [InlineData($"station://host.example:7700/path?{Key}&{Id}&{Psk}&{Exp}")]
    [InlineData($"station://host.example:7700?{Id}&{Psk}&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Psk}&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&{Psk}")]
    [InlineData($"{Good}&{Key}")]
    [InlineData($"{Good}&{Id}")]
    [InlineData($"{Good}&{Psk}")]
    [InlineData($"{Good}&{Exp}")]
    [InlineData($"{Good}&temp=1&temp=1")]
    [InlineData($"{Good}&kem=1&kem=1")]
    [InlineData($"{Good}&kem=0")]
    [InlineData($"{Good}&kem=")]
    [InlineData($"{Good}&temp=0")]
    [InlineData($"{Good}&temp=")]
    [InlineData($"{Good}#fragment")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&{Psk}=&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&{Psk}&exp=0")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&{Psk}&exp=-1")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&{Psk}&exp=1e9")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&{Psk}&exp=253402300800")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&{Psk}&exp=99999999999999999999")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&psk=ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pg&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&psk=ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9A&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&psk=ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&psk=ICEiIyQlJicoKSorLC0uL AxMjM0NTY3ODk6Ozw9Pj8&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&psk=ICEiIyQlJicoKSorLC0uL+AxMjM0NTY3ODk6Ozw9Pj8&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&psk=&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&{Id}&psk=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&id=EBESExQVFhcYGRobHB0e&{Psk}&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}&id=EBESExQVFhcYGRobHB0eHx&{Psk}&{Exp}")]
    [InlineData($"station://host.example:7700?{Key}x&{Id}&{Psk}&{Exp}")]
    public void Refuses_anything_else_and_shows_nothing_of_it(string uri)
    {
        StationException e = StationAssert.Fails(StationFault.InvalidInvitation, () => StationInvitation.Parse(uri));
        Assert.DoesNotContain("ICEiIyQl", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_is_too_long()
    {
        string filler = new('x', StationInvitation.MaxLength - Good.Length - 3);
        Assert.Equal(Good, StationInvitation.Parse($"{Good}&x={filler}").Reveal());
        StationAssert.Fails(StationFault.InvalidInvitation, () => StationInvitation.Parse($"{Good}&x={filler}x"));
    }

    [Theory]
    [InlineData("", 7700)]
    [InlineData("a b", 7700)]
    [InlineData("host", 0)]
    [InlineData("host", 65536)]
    public void Is_not_made_for_impossible_addresses(string host, int port) =>
        StationAssert.Fails(StationFault.InvalidArgument, () => StationInvitation.Create(host, port, s_responder, DateTimeOffset.UtcNow.AddHours(1), false));

    [Fact]
    public void Shows_its_secret_only_when_asked()
    {
        using StationInvitation invitation = StationInvitation.Parse(Good);
        Assert.Equal(Good.Replace(Psk, "psk=…", StringComparison.Ordinal), invitation.ToString());
        Assert.Equal(invitation.ToString(), $"{invitation}");

        string secret = invitation.UsePsk(Base64Url.EncodeToString);
        foreach (System.Reflection.PropertyInfo property in typeof(StationInvitation).GetProperties())
        {
            Assert.DoesNotContain(secret, property.GetValue(invitation)?.ToString() ?? string.Empty, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(secret, System.Text.Json.JsonSerializer.Serialize(new { invitation.Host, invitation.Address, Text = invitation.ToString() }), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_of_no_use_after_dispose()
    {
        StationInvitation invitation = StationInvitation.Parse(Good);
        invitation.Dispose();
        StationAssert.Fails(StationFault.InvalidState, () => invitation.Reveal());
        Assert.Contains("psk=…", invitation.ToString(), StringComparison.Ordinal);
    }

    private static byte[] SecretOf(StationInvitation invitation) => invitation.UsePsk(static psk => psk.ToArray());
}
