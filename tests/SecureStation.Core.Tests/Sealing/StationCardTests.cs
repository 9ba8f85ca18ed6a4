using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>Cards: what they say, how they are renewed, and each way in which one is refused.</summary>
public sealed class StationCardTests : IDisposable
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeMilliseconds(1_764_316_800_123);

    private readonly SealParty _alice = new("alice", s_now), _mallory = new("mallory", s_now);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _alice.Dispose();
        _mallory.Dispose();
        _folder.Dispose();
    }

    private FileTrustStore Trust => new(_folder.File("peers"));

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        StationCard read = StationCard.Parse("From: alice\n\n" + _alice.Card.ToText() + "\nregards");
        Assert.Equal(_alice.Card, read);
        Assert.Equal(_alice.KeyPair.PublicKey, read.PublicKey);
        Assert.Equal((s_now.AddHours(-1), s_now.AddDays(90), s_now.ToUnixTimeMilliseconds()), (read.NotBefore, read.NotAfter, read.Serial));
        Assert.Equal(32, read.Box.Length);
        Assert.StartsWith("age1pq1", read.Recipients[0], StringComparison.Ordinal);
        Assert.StartsWith("age1", read.Recipients[1], StringComparison.Ordinal);
        Assert.Equal(read, StationCard.Read(read.ToBytes()));
    }

    [Fact]
    public void The_same_bytes_until_30_days_before_the_end_then_the_same_keys()
    {
        Assert.Equal(_alice.Card.ToText(), _alice.Store.ExportCard(_alice.KeyPair, "alice", [], s_now.AddDays(59)).ToText());
        StationCard renewed = _alice.Store.ExportCard(_alice.KeyPair, "alice", [], s_now.AddDays(61));
        Assert.True(renewed.Serial > _alice.Card.Serial);
        Assert.Equal(_alice.Card.Recipients, renewed.Recipients);
        Assert.Equal(_alice.Card.Box, renewed.Box);
        Assert.Equal(renewed, _alice.Store.FindCard("alice"));
    }

    [Fact]
    public void Serials_rise_whatever_the_clock_does()
    {
        StationCard earlier = _alice.Store.UpdateCard(_alice.KeyPair, "alice", [], s_now.AddDays(-400));
        Assert.Equal(_alice.Card.Serial + 1, earlier.Serial);
    }

    [Fact]
    public void A_card_that_was_changed_or_signed_by_another_is_refused()
    {
        byte[] card = _alice.Card.ToBytes();
        for (int i = 4; i < card.Length; i += 41)
        {
            byte[] changed = [.. card];
            changed[i] ^= 1;
            StationException refused = Assert.Throws<StationException>(() => StationCard.Read(changed));
            Assert.True(refused.Fault is StationFault.InvalidCard or StationFault.CardNotTrusted, refused.Message);
        }

        byte[] statement = card[4..^64];
        byte[] resigned = [.. card[..4], .. statement, .. _mallory.KeyPair.Sign(SignaturePurpose.Card, statement)];
        StationAssert.Fails(StationFault.CardNotTrusted, () => StationCard.Read(resigned));
        byte[] otherPurpose = [.. card[..4], .. statement, .. _alice.KeyPair.Sign(SignaturePurpose.Sealed, statement)];
        StationAssert.Fails(StationFault.CardNotTrusted, () => StationCard.Read(otherPurpose));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("-----BEGIN STATION CARD-----\nAAAA\n-----END STATION CARD-----\n")]
    [InlineData("-----BEGIN STATION CARD-----\n!!!!\n-----END STATION CARD-----\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    [InlineData("-----BEGIN STATION CARD-----\n/////wAA\n-----END STATION CARD-----\n")]
    public void What_is_no_card_is_refused(string text) => StationAssert.Fails(StationFault.InvalidCard, () => StationCard.Parse(text));

    [Fact]
    public void Two_cards_in_one_text_are_refused() => StationAssert.Fails(StationFault.InvalidCard, () => StationCard.Parse(_alice.Card.ToText() + _mallory.Card.ToText()));

    [Theory]
    [InlineData("\"serial\":", "\"serial\":1,\"serial\":")]
    [InlineData("\"serial\":", "\"new\":1,\"serial\":")]
    [InlineData("\"serial\":", "\"serial\":-")]
    [InlineData("\"box\":\"", "\"box\":\"../")]
    [InlineData("\"recipients\":[", "\"recipients\":[\"age1qqq\",")]
    [InlineData("age1pq1", "AGE1PQ1")]
    public void A_statement_that_is_signed_rightly_and_malformed_is_refused(string part, string instead)
    {
        byte[] card = _alice.Card.ToBytes();
        byte[] statement = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(card.AsSpan(4, card.Length - 68)).Replace(part, instead, StringComparison.Ordinal));
        byte[] made = [.. SealedPlaintext.U32(statement.Length), .. statement, .. _alice.KeyPair.Sign(SignaturePurpose.Card, statement)];
        StationAssert.Fails(StationFault.InvalidCard, () => StationCard.Read(made));
    }

    [Fact]
    public void It_is_good_in_its_time_with_ten_minutes_for_clocks()
    {
        StationCard card = _alice.Card;
        card.RequireValid(card.NotBefore.AddMinutes(-9));
        card.RequireValid(card.NotAfter.AddMinutes(9));
        StationAssert.Fails(StationFault.CardNotYetValid, () => card.RequireValid(card.NotBefore.AddMinutes(-11)));
        StationAssert.Fails(StationFault.CardExpired, () => card.RequireValid(card.NotAfter.AddMinutes(11)));
        StationAssert.Fails(StationFault.CardExpired, () => SealRecipient.Of(card, "alice", card.NotAfter.AddDays(1)));
    }

    [Fact]
    public void A_peer_keeps_the_newest_card_of_its_own_identity()
    {
        Trust.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.KeyPair.Fingerprint, Accept = true }, replace: false);
        StationAssert.Fails(StationFault.CardNotTrusted, () => PeerCards.Keep(Trust, _mallory.Card, s_now));
        PeerCards.Keep(Trust, _alice.Card, s_now);
        StationCard newer = _alice.Store.UpdateCard(_alice.KeyPair, "alice", [], s_now.AddDays(1));
        PeerRecord kept = PeerCards.Keep(Trust, newer, s_now.AddDays(1));
        Assert.True(kept.Accept);
        PeerRecord read = Trust.FindByName("alice")!;
        Assert.Equal((newer, _alice.KeyPair.PublicKey), (read.Card, read.PublicKey));
        PeerCards.Keep(Trust, newer, s_now.AddDays(1));
        StationAssert.Fails(StationFault.CardOlder, () => PeerCards.Keep(Trust, _alice.Card, s_now.AddDays(1)));
        StationAssert.Fails(StationFault.CardExpired, () => PeerCards.Keep(Trust, newer, s_now.AddDays(100)));
        StationAssert.Fails(StationFault.CardNotYetValid, () => PeerCards.Keep(Trust, newer, s_now.AddDays(-1)));
    }

    [Fact]
    public void A_forked_card_is_a_conflict()
    {
        Trust.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.KeyPair.Fingerprint, Card = _alice.Card }, replace: false);
        StationCard fork = StationCard.Create(_alice.KeyPair, _mallory.Card.Recipients, _alice.Card.Box, _alice.Card.Serial, s_now);
        StationAssert.Fails(StationFault.CardConflict, () => PeerCards.Keep(Trust, fork, s_now));
        Assert.Equal(_alice.Card, Trust.FindByName("alice")!.Card);
    }

    [Fact]
    public void A_record_takes_no_other_identity_s_card() => StationAssert.Fails(StationFault.InvalidArgument, () =>
        Trust.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.KeyPair.Fingerprint, Card = _mallory.Card }, replace: false));
}
