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
    [InlineData("NKhfs", "NKhfs:\n  <- s\n  ...\n  -> e, es, e1\n  <- e, ee, ekem1")]
    [InlineData("XXhfs", "XXhfs:\n  -> e, e1\n  <- e, ee, ekem1, s, es\n  -> s, se")]
    [InlineData("KKhfs", "KKhfs:\n  -> s\n  <- s\n  ...\n  -> e, es, e1, ss\n  <- e, ee, ekem1, se")]
    [InlineData("INhfs", "INhfs:\n  -> e, e1, s\n  <- e, ee, ekem1, se")]
    [InlineData("IKhfs", "IKhfs:\n  <- s\n  ...\n  -> e, es, e1, s, ss\n  <- e, ee, ekem1, se")]
    [InlineData("K1Khfs", "K1Khfs:\n  -> s\n  <- s\n  ...\n  -> e, es, e1\n  <- e, ee, ekem1\n  -> se")]
    [InlineData("X1X1hfs", "X1X1hfs:\n  -> e, e1\n  <- e, ee, ekem1, s\n  -> es, s\n  <- se")]
    [InlineData("XXhfs+psk3", "XXhfs+psk3:\n  -> e, e1\n  <- e, ee, ekem1, s, es\n  -> s, se, psk")]
    [InlineData("KNhfs+psk0+psk1+psk2", "KNhfs+psk0+psk1+psk2:\n  -> s\n  ...\n  -> psk, e, e1, psk\n  <- e, ee, ekem1, se, psk")]
    [InlineData("NNpsk0+psk1+psk2", "NNpsk0+psk1+psk2:\n  -> psk, e, psk\n  <- e, ee, psk")]
    public void A_pattern_reads_as_in_the_specification(string name, string text)
        => Assert.Equal(text, Parse(name).Pattern.ToString());

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

    [Theory] // Overhead: each field with its bytes, and the payload's tag; * is encrypted, ? under a key that is no secret. Message by message.
    [InlineData("NN", "32: e 32, 0; 48: e 32, 16*")]
    [InlineData("XX", "32: e 32, 0; 96: e 32, s 48*, 16*; 64: s 48*, 16*")]
    [InlineData("XXpsk3", "48: e 32, 16?; 96: e 32, s 48*, 16*; 64: s 48*, 16*")]
    [InlineData("IX", "64: e 32, s 32, 0; 96: e 32, s 48*, 16*")]
    [InlineData("IK", "96: e 32, s 48*, 16*; 48: e 32, 16*")]
    [InlineData("X1X1", "32: e 32, 0; 96: e 32, s 48*, 16*; 64: s 48*, 16*; 16: 16*")]
    [InlineData("INpsk1", "96: e 32, s 48?, 16*; 48: e 32, 16*")]
    [InlineData("NNpsk0", "48: e 32, 16*; 48: e 32, 16*")]
    [InlineData("XXhfs", "1216: e 32, e1 1184, 0; 1200: e 32, ekem1 1104*, s 48*, 16*; 64: s 48*, 16*")]
    [InlineData("XXhfs+psk3", "1248: e 32, e1 1200?, 16?; 1200: e 32, ekem1 1104*, s 48*, 16*; 64: s 48*, 16*")]
    [InlineData("IKhfs", "1296: e 32, e1 1200*, s 48*, 16*; 1152: e 32, ekem1 1104*, 16*")]
    [InlineData("INhfs+psk2", "1296: e 32, e1 1200?, s 48?, 16?; 1152: e 32, ekem1 1104*, 16*")]
    public void A_message_says_its_form(string name, string expected)
    {
        static string Mark(bool isEncrypted, bool isSecret) => isSecret ? "*" : isEncrypted ? "?" : "";
        var messages = Parse(name).Pattern.Messages;
        Assert.Equal(expected, string.Join("; ", messages.Select(message =>
            $"{message.Overhead}: {string.Concat(message.Fields.Select(field => $"{field.Name} {field.Length}{Mark(field.IsEncrypted, field.IsSecret)}, "))}" +
            $"{message.Overhead - message.Fields.Sum(field => field.Length)}{Mark(message.IsPayloadEncrypted, message.IsPayloadSecret)}")));
    }

    [Theory]
    [InlineData("XX", "ftt")]
    [InlineData("XXpsk3", "ftt")]
    [InlineData("XXpsk0", "ttt")]
    [InlineData("IK", "tt")]
    public void A_key_that_follows_from_e_alone_is_no_secret(string name, string expected)
        => Assert.Equal(expected, string.Concat(Parse(name).Pattern.Messages.Select(message => message.IsPayloadSecret ? 't' : 'f')));

    [Fact]
    public void Token_names_are_the_specifications()
        => Assert.Equal(["e", "es", "e1", "s", "ss", "psk"], Parse("IKhfs+psk1").Pattern.Messages[0].TokenNames);

    /// <summary>The table of the hybrid patterns: in each of them e1 goes out in message 1 and ekem1 in message 2.</summary>
    [Fact]
    public void Every_interactive_pattern_has_a_hybrid_form()
    {
        foreach (HandshakePattern pattern in HandshakePatterns.Names.Select(name => HandshakePatterns.Find(name)!).Where(pattern => !pattern.IsOneWay))
        {
            HandshakePattern hybrid = Parse($"{pattern.Name}hfs").Pattern;
            Assert.True(hybrid.UsesKem);
            Assert.False(pattern.UsesKem);
            Assert.Single(hybrid.Messages[0].Tokens, HandshakeToken.E1);
            Assert.Single(hybrid.Messages[1].Tokens, HandshakeToken.EKem1);
            Assert.Equal(
                pattern.Messages.Select(message => message.ToString()),
                hybrid.Messages.Select(message => message.ToString().Replace(", e1", "", StringComparison.Ordinal).Replace(", ekem1", "", StringComparison.Ordinal)));
        }
    }

    private static ProtocolName Parse(string pattern)
        => ProtocolName.Parse($"Noise_{pattern}_25519{(pattern.Contains("hfs", StringComparison.Ordinal) ? "+MLKEM768" : "")}_AESGCM_SHA256");
}
