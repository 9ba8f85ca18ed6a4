using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>Messages that are sealed and opened, and each way in which one is refused.</summary>
public sealed class SealedMessageTests(SealParties parties) : IClassFixture<SealParties>
{
    private readonly SealParty _alice = parties.Alice, _bob = parties.Bob, _carol = parties.Carol;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_recipient_reads_what_was_sealed(bool armored)
    {
        SealingTerms terms = _alice.Terms(_bob.Recipient, _carol.Recipient, _bob.Recipient) with
        {
            Headers = [new("subject", "deploy ü")],
            ExpiresAt = DateTimeOffset.UtcNow.AddDays(1),
            Extensions = new Dictionary<string, string> { ["x-thread"] = "7" },
        };
        byte[] file = SealedMessage.Seal(terms, "at 5"u8, armored);
        foreach (SealParty reader in new[] { _bob, _carol })
        {
            SealedMessage message = reader.Open(file, _alice);
            Assert.Equal("at 5", message.Body);
            Assert.Equal(("alice", true, false, SealSecrecy.Hybrid), (message.Peer, message.Verified, message.Forwardable, message.Secrecy));
            Assert.Equal(_alice.KeyPair.Fingerprint, message.Fingerprint);
            Assert.Equal([_bob.KeyPair.Fingerprint.Text, _carol.KeyPair.Fingerprint.Text], message.Recipients);
            Assert.Equal(terms.Id, message.Id);
            Assert.Equal("deploy ü", Assert.Single(message.Headers).Value);
            Assert.Equal("7", message.Origin.Head.Extensions["x-thread"]);
            Assert.Equal(terms.SentAt.ToUnixTimeMilliseconds(), message.SentAt.ToUnixTimeMilliseconds());
            Assert.Equal(terms.ExpiresAt?.ToUnixTimeMilliseconds(), message.ExpiresAt?.ToUnixTimeMilliseconds());
        }
    }

    // Around the blocks of the reader, the chunks of age, and what it holds back.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1026)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(66562)]
    [InlineData(200_000)]
    public void Bodies_of_every_size(int size)
    {
        byte[] body = RandomNumberGenerator.GetBytes(size);
        foreach (StationKeyPair? sender in new[] { _alice.KeyPair, null })
        {
            byte[] file = SealedMessage.Seal(new SealingTerms { Sender = sender, Recipients = [_bob.Recipient] }, body);
            Assert.Equal(body, SealedMessage.Open(file, _bob.OpeningTerms(_alice) with { AllowAnonymous = true }).BodyBytes.ToArray());
        }
    }

    [Theory]
    [InlineData(StationKeyAlgorithm.Rsa)]
    [InlineData(StationKeyAlgorithm.EcdsaP256)]
    public void Senders_of_every_algorithm(StationKeyAlgorithm algorithm)
    {
        using var dave = new SealParty("dave", algorithm: algorithm);
        Assert.True(_bob.Open(dave.Seal("x", _bob.Recipient), dave).Verified);
    }

    [Fact]
    public void Copies_are_files_of_their_own_around_one_message()
    {
        IReadOnlyList<byte[]> copies = SealedMessage.SealCopies(_alice.Terms(_bob.Recipient, _carol.Recipient), "x"u8);
        SealedMessage bobs = _bob.Open(copies[0], _alice), carols = _carol.Open(copies[1], _alice);
        Assert.Equal(bobs.Id, carols.Id);
        Assert.Equal(2, carols.Recipients.Count);
        Assert.Equal(SealedPlaintext.Of(copies[0], _bob), SealedPlaintext.Of(copies[1], _carol));
        StationException refused = StationAssert.Fails(StationFault.NotARecipient, () => _bob.Open(copies[1], _alice));
        Assert.Equal(StationSubject.SealingKey, refused.Subject);
    }

    [Fact]
    public void Who_is_no_recipient_is_told_so()
    {
        byte[] file = _alice.Seal("x", _bob.Recipient);
        Assert.Equal(StationSubject.SealingKey, StationAssert.Fails(StationFault.NotARecipient, () => _carol.Open(file, _alice)).Subject);
    }

    [Fact]
    public void A_recipient_cannot_pass_it_on_as_if_it_were_for_another()
    {
        byte[] again = SealedPlaintext.Seal(SealedPlaintext.Of(_alice.Seal("you are fired", _bob.Recipient), _bob), _carol.Recipient);
        StationException refused = StationAssert.Fails(StationFault.NotARecipient, () => _carol.Open(again, _alice));
        Assert.Equal(StationSubject.None, refused.Subject);
    }

    [Fact]
    public void A_recipient_cannot_add_another_to_the_head()
    {
        byte[] plaintext = SealedPlaintext.Of(_alice.Seal("x", _bob.Recipient), _bob);
        string text = SealedPlaintext.HeadOf(plaintext).Replace(_bob.KeyPair.Fingerprint.Text, _carol.KeyPair.Fingerprint.Text, StringComparison.Ordinal);
        byte[] changed = [.. plaintext.AsSpan(0, 27), .. Encoding.UTF8.GetBytes(text), .. plaintext.AsSpan(27 + text.Length)];
        StationAssert.Fails(StationFault.SealBroken, () => _carol.Open(SealedPlaintext.Seal(changed, _carol.Recipient), _alice));
    }

    [Fact]
    public void A_sender_that_is_unknown_is_refused_or_marked()
    {
        byte[] file = _alice.Seal("x", _bob.Recipient);
        StationException refused = StationAssert.Fails(StationFault.PeerUntrusted, () => _bob.Open(file, _carol));
        Assert.Equal(_alice.KeyPair.Fingerprint.Text, refused.PeerFingerprint);
        SealedMessage marked = SealedMessage.Open(file, _bob.OpeningTerms() with { AllowUnknownSender = true });
        Assert.Equal((false, _alice.KeyPair.Fingerprint.Text), (marked.Verified, marked.Peer));
    }

    [Fact]
    public void An_anonymous_one_is_refused_or_marked()
    {
        byte[] file = SealedMessage.Seal(new SealingTerms { Sender = null, Recipients = [_bob.Recipient] }, "x"u8);
        StationAssert.Fails(StationFault.PeerUntrusted, () => _bob.Open(file, _alice));
        SealedMessage marked = SealedMessage.Open(file, _bob.OpeningTerms(_alice) with { AllowAnonymous = true });
        Assert.Equal((false, null, null), (marked.Verified, marked.Peer, marked.Sender));
    }

    [Fact]
    public void A_signature_cannot_be_stripped_nor_a_name_be_given_to_an_anonymous_one()
    {
        byte[] plaintext = SealedPlaintext.Of(_alice.Seal("x", _bob.Recipient), _bob);
        byte[] stripped = [.. plaintext.AsSpan(0, plaintext.Length - 66), 0, 0];
        byte[] anonymous = SealedPlaintext.Of(SealedMessage.Seal(new SealingTerms { Sender = null, Recipients = [_bob.Recipient] }, "x"u8), _bob);
        byte[] signed = [.. anonymous.AsSpan(0, anonymous.Length - 2), .. new byte[64], 0, 64];
        foreach (byte[] bad in new[] { stripped, signed })
        {
            StationAssert.Fails(StationFault.SealBroken, () => SealedMessage.Open(SealedPlaintext.Seal(bad, _bob.Recipient), _bob.OpeningTerms(_alice) with { AllowAnonymous = true }));
        }
    }

    [Fact]
    public void An_expired_one_is_refused_before_its_body_is_read()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        byte[] file = SealedMessage.Seal(_alice.Terms(_bob.Recipient) with { ExpiresAt = now.AddHours(1) }, new byte[1000]);
        OpeningTerms terms = _bob.OpeningTerms(_alice) with { Now = now.AddHours(2), MaxBodyLength = 10 };
        StationAssert.Fails(StationFault.MessageExpired, () => SealedMessage.Open(file, terms));
        StationAssert.Fails(StationFault.MessageTooLarge, () => SealedMessage.Open(file, terms with { Now = now }));
        StationAssert.Fails(StationFault.SealBroken, () => SealedMessage.Open(_alice.Seal("x", _bob.Recipient), terms with { RequireExpiry = true }));
    }

    [Fact]
    public void Every_cut_and_every_changed_byte_is_refused()
    {
        byte[] file = _alice.Seal("at 5", _bob.Recipient);
        for (int length = file.Length - 1; length >= 0; length -= 29)
        {
            StationAssert.Fails(StationFault.SealBroken, () => _bob.Open(file.AsMemory(0, length), _alice));
        }

        for (int i = 0; i < file.Length; i += 31)
        {
            byte[] changed = [.. file];
            changed[i] ^= 1;
            StationException refused = Assert.Throws<StationException>(() => _bob.Open(changed, _alice));
            Assert.True(refused.Fault is StationFault.SealBroken or StationFault.NotARecipient, $"{refused.Fault}: {refused.Message}");
        }
    }

    [Fact]
    public void The_plaintext_cut_or_changed_anywhere_is_refused()
    {
        byte[] plaintext = SealedPlaintext.Of(_alice.Seal("at 5", _bob.Recipient), _bob);
        for (int length = plaintext.Length - 1; length >= 0; length -= 11)
        {
            StationAssert.Fails(StationFault.SealBroken, () => _bob.Open(SealedPlaintext.Seal(plaintext[..length], _bob.Recipient), _alice));
        }

        for (int i = 0; i < plaintext.Length; i += 13)
        {
            byte[] changed = [.. plaintext];
            changed[i] ^= 0x20;
            StationException refused = Assert.Throws<StationException>(() => _bob.Open(SealedPlaintext.Seal(changed, _bob.Recipient), _alice));
            Assert.True(refused.Fault is StationFault.SealBroken or StationFault.NotARecipient or StationFault.PeerUntrusted, $"{refused.Fault}: {refused.Message}");
        }
    }

    [Fact]
    public void Under_a_passphrase_it_names_nobody_and_says_so()
    {
        using var passphrase = new SealPassphrase("open sesame", workFactor: 10);
        byte[] file = SealedMessage.Seal(new SealingTerms { Sender = _alice.KeyPair, Passphrase = passphrase, Kind = SealedKind.Text }, "x"u8);
        using SealIdentity identity = SealIdentity.OfPassphrase("open sesame");
        OpeningTerms terms = _bob.OpeningTerms(_alice) with { Identities = [identity] };
        SealedMessage message = SealedMessage.Open(file, terms);
        Assert.Equal(("x", true, true, SealSecrecy.Passphrase), (message.Body, message.Verified, message.Forwardable, message.Secrecy));
        Assert.Empty(message.Recipients);
    }

    [Fact]
    public void What_was_for_a_recipient_does_not_come_under_a_passphrase_and_the_other_way_round()
    {
        using var passphrase = new SealPassphrase("open sesame", workFactor: 10);
        using SealIdentity identity = SealIdentity.OfPassphrase("open sesame");
        OpeningTerms terms = _bob.OpeningTerms(_alice) with { Identities = [identity, .. _bob.Keys.ToIdentities()] };
        byte[] named = SealedPlaintext.Of(_alice.Seal("x", _bob.Recipient), _bob);
        byte[] underPassphrase = SealedMessage.SealRaw(new SealingTerms { Sender = null, Passphrase = passphrase }, named);
        StationAssert.Fails(StationFault.NotARecipient, () => SealedMessage.Open(underPassphrase, terms));

        byte[] forwardable = SealedMessage.OpenRaw(SealedMessage.Seal(new SealingTerms { Sender = _alice.KeyPair, Passphrase = passphrase }, "x"u8), terms);
        StationAssert.Fails(StationFault.NotARecipient, () => SealedMessage.Open(SealedPlaintext.Seal(forwardable, _bob.Recipient), terms));
    }

    [Fact]
    public void A_plain_age_file_is_no_message()
    {
        byte[] plain = SealedPlaintext.Seal([1, 2, 3], _bob.Recipient);
        StationAssert.Fails(StationFault.SealBroken, () => _bob.Open(plain, _alice));
        Assert.Equal([1, 2, 3], SealedMessage.OpenRaw(plain, _bob.OpeningTerms()));
        StationAssert.Fails(StationFault.SealBroken, () => _bob.Open("hello"u8.ToArray(), _alice));
    }

    [Fact]
    public void Text_that_is_no_UTF_8_is_said_to_be_malformed()
    {
        SealedMessage message = _bob.Open(SealedMessage.Seal(_alice.Terms(_bob.Recipient), [0xff, 0xfe]), _alice);
        Assert.Equal((null, StationFault.MalformedBody), (message.Body, message.Error));
        Assert.Equal([0xff, 0xfe], message.BodyBytes.ToArray());
    }
}
