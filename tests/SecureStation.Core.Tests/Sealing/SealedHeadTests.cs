using System.Text;
using SecureStation.Core.Sealing;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>Heads that are signed rightly and are not as they should be: SealBroken, each.</summary>
public sealed class SealedHeadTests(SealParties parties) : IClassFixture<SealParties>
{
    private readonly SealParty _alice = parties.Alice, _bob = parties.Bob;

    private string Sender => Convert.ToBase64String(_alice.KeyPair.PublicKey.ToBytes());

    private string Good => $$"""{"id":"AAAAAAAAAAAAAAAAAAAAAA==","sender":"{{Sender}}","recipients":["{{_bob.KeyPair.Fingerprint}}"],"kind":"text","headers":{},"sent":1}""";

    [Fact]
    public void A_head_that_was_written_by_hand_is_read() => Assert.Equal("hi", Open(Good).Body);

    [Fact]
    public void What_begins_with_x_is_passed_over() =>
        Assert.Equal("hi", Open(Good.Replace("\"sent\":1", "\"sent\":1,\"x-new\":{\"a\":{\"b\":[]}},\"x-n\":1.5", StringComparison.Ordinal)).Body);

    [Theory]
    [InlineData("\"kind\":\"text\"", "\"kind\":\"text\",\"kind\":\"text\"")]
    [InlineData("\"kind\":\"text\"", "\"kind\":\"text\",\"x-a\":1,\"x-a\":1")]
    [InlineData("\"kind\":\"text\"", "\"kind\":\"text\",\"new\":1")]
    [InlineData("\"kind\":\"text\"", "\"kind\":\"service\"")]
    [InlineData("\"kind\":\"text\"", "\"kind\":\"TEXT\"")]
    [InlineData("\"kind\":\"text\"", "\"kind\":1")]
    [InlineData("\"kind\":\"text\",", "")]
    [InlineData("\"headers\":{}", "\"headers\":{\"a\":\"1\",\"a\":\"2\"}")]
    [InlineData("\"headers\":{}", "\"headers\":{\"a\":1}")]
    [InlineData("\"headers\":{}", "\"headers\":{\"a\":null}")]
    [InlineData("\"headers\":{}", "\"headers\":[]")]
    [InlineData("\"sent\":1", "\"sent\":9007199254740993")]
    [InlineData("\"sent\":1", "\"sent\":1,\"x-a\":9007199254740993")]
    [InlineData("\"sent\":1", "\"sent\":1,\"x-a\":1e300")]
    [InlineData("\"sent\":1", "\"sent\":-1")]
    [InlineData("\"sent\":1", "\"sent\":1.5")]
    [InlineData("\"sent\":1", "\"sent\":\"1\"")]
    [InlineData("\"sent\":1", "\"sent\":1,\"x-a\":[[[[1]]]]")]
    [InlineData("\"sent\":1}", "\"sent\":1} ,")]
    [InlineData("\"sent\":1}", "\"sent\":1,}")]
    [InlineData("\"sent\":1", "\"sent\":1/* */")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAB==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", " AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("\"recipients\":[", "\"recipients\":[null,")]
    [InlineData("\"recipients\":[", "\"recipients\":[\"bob\",")]
    [InlineData("\"recipients\":[", "\"recipients\":[\"age:AAAA\",")]
    [InlineData("{\"id\"", "\uFEFF{\"id\"")]
    [InlineData("{\"id\"", "[{\"id\"")]
    public void What_is_refused(string part, string instead)
    {
        string head = Good.Replace(part, instead, StringComparison.Ordinal);
        Assert.NotEqual(Good, head);
        StationAssert.Fails(StationFault.SealBroken, () => Open(head));
    }

    [Fact]
    public void A_recipient_twice_or_an_unusable_sender_is_refused()
    {
        string recipient = $"\"{_bob.KeyPair.Fingerprint}\"";
        StationAssert.Fails(StationFault.SealBroken, () => Open(Good.Replace(recipient, $"{recipient},{recipient}", StringComparison.Ordinal)));
        StationAssert.Fails(StationFault.SealBroken, () => Open(Good.Replace(Sender, "AAAA", StringComparison.Ordinal)));
        StationAssert.Fails(StationFault.SealBroken, () => Open(Good.Replace($"\"{Sender}\"", "null", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_head_or_signature_beyond_its_bounds_is_refused_before_it_is_read()
    {
        byte[] plaintext = SealedPlaintext.Make(Good, "hi"u8.ToArray(), _alice.KeyPair);
        byte[] longHead = [.. plaintext.AsSpan(0, 23), .. SealedPlaintext.U32((128 * 1024) + 1), .. plaintext.AsSpan(27)];
        byte[] hugeHead = [.. plaintext.AsSpan(0, 23), 0xff, 0xff, 0xff, 0xff, .. plaintext.AsSpan(27)];
        byte[] longSignature = [.. plaintext.AsSpan(0, plaintext.Length - 2), .. new byte[2000], 0x04, 0x01];
        foreach (byte[] bad in new[] { longHead, hugeHead, longSignature })
        {
            StationAssert.Fails(StationFault.SealBroken, () => _bob.Open(SealedPlaintext.Seal(bad, _bob.Recipient), _alice));
        }
    }

    [Fact]
    public void Invalid_UTF_8_is_refused()
    {
        byte[] plaintext = SealedPlaintext.Make(Good, [], _alice.KeyPair);
        plaintext[plaintext.AsSpan().IndexOf("text"u8)] = 0xff;
        StationAssert.Fails(StationFault.SealBroken, () => _bob.Open(SealedPlaintext.Seal(plaintext, _bob.Recipient), _alice));
    }

    [Fact]
    public void The_sender_cannot_make_such_heads()
    {
        SealingTerms terms = _alice.Terms(_bob.Recipient);
        StationAssert.Fails(StationFault.InvalidArgument, () => SealedMessage.Seal(terms with { Headers = [new("a", "1"), new("a", "2")] }, []));
        StationAssert.Fails(StationFault.InvalidArgument, () => SealedMessage.Seal(terms with { Extensions = new Dictionary<string, string> { ["a"] = "" } }, []));
        StationAssert.Fails(StationFault.MessageTooLarge, () => SealedMessage.Seal(terms with { Headers = [new("a", new string('x', 70_000))] }, []));
        StationAssert.Fails(StationFault.MessageTooLarge, () => SealedMessage.Seal(terms with { Extensions = new Dictionary<string, string> { ["x-a"] = new('x', 140_000) } }, []));
    }

    private SealedMessage Open(string head) => _bob.Open(SealedPlaintext.Seal(SealedPlaintext.Make(head, Encoding.UTF8.GetBytes("hi"), _alice.KeyPair), _bob.Recipient), _alice);
}
