using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Noise;

public class HandshakePatternTests
{
    [Theory] // As sections 7.4, 7.5, 9.4 and the appendix write them.
    [InlineData("N", "N:\n  <- s\n  ...\n  -> e, es")]
    [InlineData("K", "K:\n  -> s\n  <- s\n  ...\n  -> e, es, ss")]
    [InlineData("X", "X:\n  <- s\n  ...\n  -> e, es, s, ss")]
    [InlineData("NN", "NN:\n  -> e\n  <- e, ee")]
    [InlineData("KK", "KK:\n  -> s\n  <- s\n  ...\n  -> e, es, ss\n  <- e, ee, se")]
    [InlineData("KX", "KX:\n  -> s\n  ...\n  -> e\n  <- e, ee, se, s, es")]
    [InlineData("XK", "XK:\n  <- s\n  ...\n  -> e, es\n  <- e, ee\n  -> s, se")]
    [InlineData("XX", "XX:\n  -> e\n  <- e, ee, s, es\n  -> s, se")]
    [InlineData("IK", "IK:\n  <- s\n  ...\n  -> e, es, s, ss\n  <- e, ee, se")]
    [InlineData("X1K1", "X1K1:\n  <- s\n  ...\n  -> e\n  <- e, ee, es\n  -> s\n  <- se")]
    [InlineData("Npsk0", "Npsk0:\n  <- s\n  ...\n  -> psk, e, es")]
    [InlineData("Xpsk1", "Xpsk1:\n  <- s\n  ...\n  -> e, es, s, ss, psk")]
    [InlineData("KKpsk2", "KKpsk2:\n  -> s\n  <- s\n  ...\n  -> e, es, ss\n  <- e, ee, se, psk")]
    [InlineData("XXpsk3", "XXpsk3:\n  -> e\n  <- e, ee, s, es\n  -> s, se, psk")]
    [InlineData("NNpsk0+psk1+psk2", "NNpsk0+psk1+psk2:\n  -> psk, e, psk\n  <- e, ee, psk")]
    public void A_pattern_reads_as_in_the_specification(string name, string text)
        => Assert.Equal(text, ProtocolName.Parse($"Noise_{name}_25519_AESGCM_SHA256").Pattern.ToString());

    /// <summary>Section 7.3: what a pattern must be to be secure.</summary>
    [Fact]
    public void Every_pattern_keeps_the_validity_rules()
    {
        foreach (HandshakePattern pattern in HandshakePatterns.Names.Select(name => HandshakePatterns.Find(name)!))
        {
            var known = new HashSet<(bool OfInitiator, HandshakeToken Key)>();
            var mixed = new HashSet<HandshakeToken>();
            foreach (MessagePattern message in pattern.PreMessages.Concat(pattern.Messages))
            {
                foreach (HandshakeToken token in message.Tokens)
                {
                    if (token is HandshakeToken.E or HandshakeToken.S)
                    {
                        Assert.True(known.Add((message.IsFromInitiator, token)), $"{pattern.Name} sends {token} twice");
                        continue;
                    }

                    Assert.True(mixed.Add(token), $"{pattern.Name} mixes {token} twice");
                    Assert.Contains((true, token is HandshakeToken.EE or HandshakeToken.ES ? HandshakeToken.E : HandshakeToken.S), known);
                    Assert.Contains((false, token is HandshakeToken.EE or HandshakeToken.SE ? HandshakeToken.E : HandshakeToken.S), known);
                }

                // After "se" or "ss" a party encrypts only once its ephemeral key is in as well.
                bool IsMixed(HandshakeToken first, HandshakeToken second) => !mixed.Contains(first) || mixed.Contains(second);
                Assert.True(message.IsFromInitiator || IsMixed(HandshakeToken.ES, HandshakeToken.EE), pattern.Name);
                Assert.True(message.IsFromInitiator || IsMixed(HandshakeToken.SS, HandshakeToken.SE), pattern.Name);
                Assert.True(!message.IsFromInitiator || IsMixed(HandshakeToken.SE, HandshakeToken.EE), pattern.Name);
                Assert.True(!message.IsFromInitiator || IsMixed(HandshakeToken.SS, HandshakeToken.ES), pattern.Name);
            }

            Assert.Equal(pattern.Messages.Select((_, i) => i % 2 == 0), pattern.Messages.Select(message => message.IsFromInitiator));
        }
    }

    [Theory] // Overhead, whether the static key is encrypted, whether the payload is; message by message.
    [InlineData("NN", "32 - clear, 48 - encrypted")]
    [InlineData("XX", "32 - clear, 96 encrypted encrypted, 64 encrypted encrypted")]
    [InlineData("XXpsk3", "48 - encrypted, 96 encrypted encrypted, 64 encrypted encrypted")]
    [InlineData("IX", "64 clear clear, 96 encrypted encrypted")]
    [InlineData("IK", "96 encrypted encrypted, 48 - encrypted")]
    [InlineData("X1X1", "32 - clear, 96 encrypted encrypted, 64 encrypted encrypted, 16 - encrypted")]
    [InlineData("INpsk1", "96 encrypted encrypted, 48 - encrypted")]
    [InlineData("NNpsk0", "48 - encrypted, 48 - encrypted")]
    public void A_message_says_its_form(string name, string expected)
    {
        static string Word(bool encrypted) => encrypted ? "encrypted" : "clear";
        var messages = ProtocolName.Parse($"Noise_{name}_25519_AESGCM_SHA256").Pattern.Messages;
        Assert.Equal(expected, string.Join(", ", messages.Select(message =>
            $"{message.Overhead} {(message.Tokens.Contains(HandshakeToken.S) ? Word(message.IsStaticEncrypted) : "-")} {Word(message.IsPayloadEncrypted)}")));
    }

    [Theory]
    [InlineData("XX", "ftt")]
    [InlineData("XXpsk3", "ftt")]
    [InlineData("XXpsk0", "ttt")]
    [InlineData("IK", "tt")]
    public void A_key_that_follows_from_e_alone_is_no_secret(string name, string expected)
        => Assert.Equal(expected, string.Concat(ProtocolName.Parse($"Noise_{name}_25519_AESGCM_SHA256").Pattern.Messages.Select(message => message.IsPayloadSecret ? 't' : 'f')));

    [Fact]
    public void Token_names_are_the_specifications()
        => Assert.Equal(["e", "es", "s", "ss", "psk"], ProtocolName.Parse("Noise_IKpsk1_25519_AESGCM_SHA256").Pattern.Messages[0].TokenNames);
}
