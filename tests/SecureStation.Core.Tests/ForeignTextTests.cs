using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transfers;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests;

/// <summary>What others wrote reaches no message so that it could steer a terminal, hide, or go on for ever.</summary>
public class ForeignTextTests
{
    private const string Evil = "a\u001b]0;owned\u0007\u009b2Jb\u202ec\u200dd\r\ne\u2028f";
    private const string Shown = "a<U+001B>]0;owned<U+0007><U+009B>2Jb<U+202E>c<U+200D>d<U+000D><U+000A>e<U+2028>f";

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("Zoë 日本 👩 <b>", "Zoë 日本 👩 <b>")]
    [InlineData(Evil, Shown)]
    [InlineData("👩\u200d🚀", "👩<U+200D>🚀")]
    [InlineData("\U000E0041", "<U+E0041>")]
    public void What_steers_or_hides_is_shown(string? text, string shown) => Assert.Equal(shown, ForeignText.Show(text));

    [Fact]
    public void It_is_bounded_and_says_where_it_was_cut()
    {
        Assert.Equal(new string('x', 256), ForeignText.Show(new string('x', 256)));
        Assert.Equal(new string('x', 256) + "…", ForeignText.Show(new string('x', 100_000)));
        Assert.Equal("ab…", ForeignText.Show("ab\u001bc", maxLength: 9));
        Assert.Equal("a…", ForeignText.Show("a👩", maxLength: 2));
        Assert.Equal("a\nb<U+000D>", ForeignText.Show("a\nb\r", keepLines: true));
        Assert.Equal("x<U+D83D>y<U+DC00>", ForeignText.Show("x\ud83dy\udc00"));
    }

    [Fact]
    public void No_error_carries_what_steers_a_terminal_even_where_it_was_forgotten()
    {
        var e = new StationException(StationFault.PeerRefused, $"It said {Evil}") { PeerHint = Evil };
        AssertHarmless(e.Message);
        AssertHarmless(e.PeerHint!);
    }

    [Fact]
    public async Task The_error_of_a_peers_service_is_shown_harmless()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            Task<StationMessage> asking = ((SecureSession)session).Services.RequestAsync(OutgoingMessage.Service("s", default), TestContext.Current.CancellationToken);
            await peer.ReadFrameAsync();
            await peer.SendAsync(Wire.Message(1, 4, [], inReplyTo: 1, headers: [("service", "s"), ("error", Evil + new string('x', 10_000))]));
            StationException e = await Expect.FaultAsync(StationFault.PeerRefused, asking);
            Assert.Contains(Shown, e.Message, StringComparison.Ordinal);
            AssertHarmless(e.Message);
            AssertHarmless(e.PeerHint!);
            Assert.InRange(e.Message.Length, 0, 400);
        }
    }

    [Fact]
    public void A_peers_verdict_and_an_authoritys_text_are_shown_harmless()
    {
        byte[] json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { isValid = false, fault = "X", message = Evil, signer = Evil });
        DocumentVerdict verdict = DocumentVerdict.Parse(json);
        Assert.Equal((Shown, Shown), (verdict.Message, verdict.Signer));

        TimeStampResponse response = TimeStampResponse.Parse(TimeStampResponse.WriteRejection(PkiFailureInfo.BadRequest, Evil));
        Assert.Equal(Shown, response.StatusText);
    }

    [Fact]
    public void A_name_with_format_characters_is_a_name_and_is_shown_harmless_in_refusals()
    {
        const string Name = "ali\u202eec";
        using StationKeyPair key = StationKeyPair.Generate();
        var record = new PeerRecord { Name = Name, Fingerprint = key.Fingerprint, PublicKey = key.PublicKey };
        record.RequireConsistent();
        foreach (StationException e in new[] { TrustErrors.NotAccepted(key.PublicKey, record), TrustErrors.KnownElsewhere(key.PublicKey, "host:1", record) })
        {
            AssertHarmless(e.Message);
            Assert.Contains("<U+202E>", e.Message, StringComparison.Ordinal);
            Assert.Contains($"Set-StationPeer -Fingerprint '{key.Fingerprint}'", e.Message, StringComparison.Ordinal);
        }
    }

    private static void AssertHarmless(string text) =>
        Assert.DoesNotContain(text, static c => c != '\n' && char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format);
}
