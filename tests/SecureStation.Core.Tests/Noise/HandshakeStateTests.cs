using SecureStation.Core.Noise;
using static SecureStation.Core.Tests.Noise.NoiseSides;

namespace SecureStation.Core.Tests.Noise;

public class HandshakeStateTests
{
    [Fact]
    public void A_handshake_gives_both_sides_the_same_and_the_other_its_key()
    {
        using HandshakeState a = Initiator("XX"), b = Responder("XX");
        Assert.True(a.IsMyTurn);
        Assert.False(b.IsMyTurn);
        Assert.True(a.RemoteStatic.IsEmpty);
        Assert.True(b.RemoteEphemeral.IsEmpty);

        Step(a, b);
        Assert.Equal(1, a.MessageIndex);
        Assert.Equal("<- e, ee, s, es", b.NextMessage!.ToString());
        Assert.Equal(96, b.NextMessageOverhead);
        Step(a, b);
        Assert.Equal(ResponderStatic.PublicKey, a.RemoteStatic);
        Step(a, b);
        Assert.Equal(InitiatorStatic.PublicKey, b.RemoteStatic);

        Assert.True(a.IsComplete && b.IsComplete);
        Assert.Null(a.NextMessage);
        Assert.False(a.IsMyTurn || b.IsMyTurn);
        Assert.Equal(a.HandshakeHash, b.HandshakeHash);
        Assert.Equal(32, a.HandshakeHash.Length);
    }

    [Fact]
    public void Ephemeral_keys_are_new_in_every_handshake()
    {
        using HandshakeState a = Initiator("NN"), b = Initiator("NN");
        Assert.NotEqual(Write(a)[..32], Write(b)[..32]);
    }

    [Fact]
    public void A_call_out_of_turn_is_refused_and_changes_nothing()
    {
        using HandshakeState a = Initiator("XX"), b = Responder("XX");
        Fails(StationFault.InvalidState, () => Read(a, new byte[100]));
        Fails(StationFault.InvalidState, () => Write(b));
        Fails(StationFault.InvalidState, () => a.Split());
        Assert.False(a.HasFailed || b.HasFailed);
        for (int i = 0; i < 3; i++)
        {
            Step(a, b);
        }

        Fails(StationFault.InvalidState, () => Write(a));
        Fails(StationFault.InvalidState, () => Read(b, new byte[100]));
        using TransportState transport = a.Split();
    }

    [Fact]
    public void A_failed_read_ends_the_handshake()
    {
        using HandshakeState a = Initiator("XX"), b = Responder("XX");
        Step(a, b);
        byte[] message = Write(b), altered = [.. message];
        altered[^1] ^= 1;

        StationException e = Fails(StationFault.HandshakeFailed, () => Read(a, altered));
        Assert.Contains("message 2", e.Message, StringComparison.Ordinal);
        AssertFailed(a);
        Fails(StationFault.InvalidState, () => Read(a, message));
    }

    [Fact]
    public void A_failed_write_ends_the_handshake()
    {
        using HandshakeState a = Initiator("XX");
        Fails(StationFault.InvalidArgument, () => a.WriteMessage("payload"u8, new byte[38]));
        AssertFailed(a);
    }

    [Fact]
    public void A_truncated_message_is_refused_at_every_length()
    {
        foreach (string pattern in (string[])["NN", "XX", "IK", "X", "XXpsk3"])
        {
            using HandshakeState first = Initiator(pattern);
            byte[] message = Write(first, "");
            for (int length = 0; length < message.Length; length++)
            {
                using HandshakeState b = Responder(pattern);
                Fails(StationFault.HandshakeFailed, () => Read(b, message[..length]));
                AssertFailed(b);
            }
        }
    }

    [Fact]
    public void A_message_has_at_most_65535_bytes()
    {
        byte[] buffer = new byte[70_000], payload = new byte[70_000];
        using HandshakeState a = Initiator("NN"), b = Responder("NN");
        Assert.Equal(65535, a.WriteMessage(payload.AsSpan(0, 65535 - 32), buffer));
        Assert.Equal(65535 - 32, b.ReadMessage(buffer.AsSpan(0, 65535), payload));
        Fails(StationFault.InvalidArgument, () => b.WriteMessage(payload.AsSpan(0, 65535 - 47), buffer));
        Assert.True(b.HasFailed);

        using HandshakeState c = Responder("NN");
        Fails(StationFault.HandshakeFailed, () => c.ReadMessage(buffer.AsSpan(0, 65536), payload));
    }

    [Fact]
    public void A_payload_that_does_not_fit_is_refused()
    {
        using HandshakeState a = Initiator("NN"), b = Responder("NN");
        byte[] message = Write(a);
        Fails(StationFault.InvalidArgument, () => b.ReadMessage(message, new byte[6]));
        AssertFailed(b);

        using HandshakeState c = Responder("NN");
        byte[] exact = new byte[7];
        Assert.Equal(7, c.ReadMessage(message, exact));
        Assert.Equal("payload"u8, exact);
    }

    [Fact]
    public void Overlapping_buffers_are_refused()
    {
        byte[] buffer = new byte[200];
        using HandshakeState a = Initiator("NN"), b = Responder("NN");
        Fails(StationFault.InvalidArgument, () => a.WriteMessage(buffer.AsSpan(0, 10), buffer));
        Fails(StationFault.InvalidArgument, () => b.ReadMessage(buffer.AsSpan(0, 50), buffer.AsSpan(40)));
    }

    [Fact]
    public void Split_spends_the_handshake_but_what_is_public_stays_readable()
    {
        using HandshakeState a = Initiator("XX"), b = Responder("XX");
        for (int i = 0; i < 3; i++)
        {
            Step(a, b);
        }

        using TransportState transport = a.Split();
        Fails(StationFault.InvalidState, () => a.Split());
        Fails(StationFault.InvalidState, () => Write(a));
        Fails(StationFault.InvalidState, () => Read(a, new byte[100]));
        Fails(StationFault.InvalidState, () => a.SetPsk(0, new byte[32]));
        Assert.False(a.HasFailed || a.IsMyTurn);
        Assert.Equal(b.HandshakeHash, a.HandshakeHash);
        Assert.Equal(b.HandshakeHash, transport.HandshakeHash);
        Assert.Equal(ResponderStatic.PublicKey, a.RemoteStatic);
        b.Dispose();
        Fails(StationFault.InvalidState, () => b.Split());
    }

    [Fact]
    public void A_psk_may_come_late()
    {
        ProtocolName protocol = ProtocolName.Parse("Noise_XXpsk3_25519_AESGCM_SHA256");
        using HandshakeState a = Initiator("XXpsk3");
        using var b = new HandshakeState(new HandshakeStateOptions { Protocol = protocol, IsInitiator = false, Prologue = "prologue"u8.ToArray(), LocalStatic = ResponderStatic });

        // The responder reads message 1, whose payload says which psk it is, and answers without having one.
        Step(a, b);
        Step(a, b);
        byte[] message = Write(a);
        StationException e = Fails(StationFault.InvalidState, () => Read(b, message));
        Assert.Contains("pre-shared key with index 0", e.Message, StringComparison.Ordinal);
        Assert.False(b.HasFailed);
        b.SetPsk(0, Psk(0));
        Read(b, message);
        Assert.Equal(a.HandshakeHash, b.HandshakeHash);
        Fails(StationFault.InvalidState, () => b.SetPsk(0, Psk(0)));
    }

    [Fact]
    public void A_psk_is_set_for_the_token_with_its_index()
    {
        ProtocolName protocol = ProtocolName.Parse("Noise_XXpsk0+psk3_25519_AESGCM_SHA256");
        using HandshakeState a = Initiator("XXpsk0+psk3");
        using var b = new HandshakeState(new HandshakeStateOptions
        {
            Protocol = protocol,
            IsInitiator = false,
            Prologue = "prologue"u8.ToArray(),
            LocalStatic = ResponderStatic,
            Psks = [Psk(0), default],
        });
        Step(a, b);
        Fails(StationFault.InvalidState, () => b.SetPsk(0, Psk(0)));
        Step(a, b);
        b.SetPsk(1, Psk(7));
        b.SetPsk(1, Psk(1));
        Step(a, b);
        Assert.Equal(a.HandshakeHash, b.HandshakeHash);
    }

    [Theory]
    [InlineData("XXpsk3", 3)]
    [InlineData("XXpsk0", 1)]
    [InlineData("IKpsk2", 2)]
    [InlineData("NNpsk0+psk2", 1)]
    public void Another_psk_fails_at_the_message_that_uses_it(string pattern, int message)
    {
        using HandshakeState a = Initiator(pattern), b = Responder(pattern, psk: [.. Enumerable.Repeat((byte)99, 32)]);
        AssertFailsAt(message, a, b);
    }

    [Theory]
    [InlineData("NN", 2)]
    [InlineData("XX", 2)]
    [InlineData("IK", 1)]
    [InlineData("NNpsk0", 1)]
    public void Another_prologue_fails_at_the_first_encrypted_message(string pattern, int message)
    {
        using HandshakeState a = Initiator(pattern), b = Responder(pattern, prologue: []);
        AssertFailsAt(message, a, b);
    }

    [Theory]
    [InlineData("NK", 1)]
    [InlineData("IK", 1)]
    [InlineData("XK1", 2)]
    [InlineData("N", 1)]
    public void Another_static_key_than_the_known_one_fails(string pattern, int message)
    {
        using NoiseKeyPair other = NoiseKeyPair.Generate();
        using HandshakeState a = Initiator(pattern), b = Responder(pattern, local: other);
        AssertFailsAt(message, a, b);
    }

    /// <summary>
    /// Flips the top bit of every byte of every message, in the last byte of a public key the one that X25519 ignores.
    /// What is not encrypted is detected by the next message that is.
    /// </summary>
    [Theory]
    [InlineData("N")]
    [InlineData("X")]
    [InlineData("NN")]
    [InlineData("XX")]
    [InlineData("IK")]
    [InlineData("IX1")]
    [InlineData("KK1")]
    [InlineData("X1X1")]
    [InlineData("XXpsk3")]
    [InlineData("NNpsk0+psk1+psk2")]
    public void Tampering_with_any_byte_is_detected(string pattern)
    {
        HandshakePattern messages = ProtocolName.Parse($"Noise_{pattern}_25519_ChaChaPoly_SHA256").Pattern;
        for (int target = 0; target < messages.Messages.Count; target++)
        {
            int length = messages.Messages[target].Overhead + "payload".Length;
            for (int position = 0; position < length; position++)
            {
                using HandshakeState a = Initiator(pattern, "25519_ChaChaPoly_SHA256"), b = Responder(pattern, "25519_ChaChaPoly_SHA256");
                for (int i = 0; i < target; i++)
                {
                    Step(a, b);
                }

                (HandshakeState writer, HandshakeState reader) = a.IsMyTurn ? (a, b) : (b, a);
                byte[] message = Write(writer);
                Assert.Equal(length, message.Length);
                message[position] ^= 0x80;
                if (messages.Messages[target].IsPayloadEncrypted)
                {
                    Fails(StationFault.HandshakeFailed, () => Read(reader, message));
                    AssertFailed(reader);
                    continue;
                }

                Read(reader, message);
                Fails(StationFault.HandshakeFailed, () => Read(writer, Write(reader)));
                AssertFailed(writer);
            }
        }
    }

    public static TheoryData<string> LowOrderPoints { get; } =
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];

    [Theory]
    [MemberData(nameof(LowOrderPoints))]
    public void Points_of_low_order_are_refused(string point)
    {
        byte[] key = Convert.FromHexString(point);

        // As an ephemeral key: at the first DH, which in NN is in the answer.
        using HandshakeState nn = Responder("NN");
        Read(nn, key);
        Fails(StationFault.HandshakeFailed, () => Write(nn));
        AssertFailed(nn);

        using HandshakeState nk = Responder("NK");
        Fails(StationFault.HandshakeFailed, () => Read(nk, [.. key, .. new byte[16]]));
        AssertFailed(nk);

        // As the static key that is known beforehand.
        using var known = new HandshakeState(new HandshakeStateOptions { Protocol = ProtocolName.Parse("Noise_NK_25519_AESGCM_SHA256"), IsInitiator = true, RemoteStatic = key });
        StationException e = Fails(StationFault.HandshakeFailed, () => Write(known));
        Assert.Contains("low order", e.Message, StringComparison.Ordinal);

        // As a static key that is sent: in IX clear, so that its DH fails when the responder answers.
        using HandshakeState ix = Responder("IX"), ephemeral = Initiator("NN");
        Read(ix, [.. Write(ephemeral)[..32], .. key]);
        Fails(StationFault.HandshakeFailed, () => Write(ix));
    }

    [Theory]
    [InlineData("XX", true, false, false, "needs a local static key pair")]
    [InlineData("NN", true, true, false, "takes no local static key pair")]
    [InlineData("NK", true, false, false, "needs a remote static public key")]
    [InlineData("NK", false, false, false, "needs a local static key pair")]
    [InlineData("NK", false, true, true, "takes no remote static public key")]
    [InlineData("XX", true, true, true, "takes no remote static public key")]
    [InlineData("X", false, true, true, "takes no remote static public key")]
    public void Keys_must_be_those_of_the_pattern(string pattern, bool isInitiator, bool local, bool remote, string reason)
    {
        StationException e = Fails(StationFault.InvalidArgument, () => _ = new HandshakeState(new HandshakeStateOptions
        {
            Protocol = ProtocolName.Parse($"Noise_{pattern}_25519_AESGCM_SHA256"),
            IsInitiator = isInitiator,
            LocalStatic = local ? InitiatorStatic : null,
            RemoteStatic = remote ? new byte[32] : (ReadOnlyMemory<byte>?)null,
        }));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_and_psks_must_have_32_bytes_and_psks_be_as_many_as_their_tokens()
    {
        static HandshakeState Psks(string pattern, params int[] lengths) => new(new HandshakeStateOptions
        {
            Protocol = ProtocolName.Parse($"Noise_{pattern}_25519_AESGCM_SHA256"),
            IsInitiator = true,
            Psks = [.. lengths.Select(length => (ReadOnlyMemory<byte>)Enumerable.Repeat((byte)1, length).ToArray())],
        });

        Fails(StationFault.InvalidKey, () => NoiseKeyPair.FromPrivateKey(new byte[31]));
        Fails(StationFault.InvalidKey, () => NoiseKeyPair.FromPrivateKey(new byte[33]));
        Fails(StationFault.InvalidKey, () => _ = new HandshakeState(new HandshakeStateOptions { Protocol = ProtocolName.Parse("Noise_NK_25519_AESGCM_SHA256"), IsInitiator = true, RemoteStatic = new byte[33] }));
        Fails(StationFault.InvalidKey, () => _ = Psks("NNpsk0", 31));
        Fails(StationFault.InvalidKey, () => _ = Psks("NNpsk0+psk2", 32, 33));
        Fails(StationFault.InvalidArgument, () => _ = Psks("NN", 32));
        Fails(StationFault.InvalidArgument, () => _ = Psks("NNpsk0", 32, 32));
        Fails(StationFault.InvalidArgument, () => _ = Psks("NNpsk0+psk2", 32));
        using HandshakeState state = Psks("NNpsk0");
        Fails(StationFault.InvalidKey, () => state.SetPsk(0, new byte[31]));
        Fails(StationFault.InvalidArgument, () => state.SetPsk(1, new byte[32]));
        Fails(StationFault.InvalidArgument, () => state.SetPsk(-1, new byte[32]));
        Fails(StationFault.InvalidState, () => Write(state));
        Assert.False(state.HasFailed);
    }

    [Fact]
    public void A_psk_of_zeros_is_refused_wherever_it_is_given()
    {
        Assert.Contains("zeros", Fails(StationFault.InvalidKey, () => _ = Create("NNpsk0", "25519_AESGCM_SHA256", isInitiator: true, psk: new byte[32])).Message, StringComparison.Ordinal);
        using HandshakeState state = Initiator("NNpsk0");
        Fails(StationFault.InvalidKey, () => state.SetPsk(0, new byte[32]));
        state.SetPsk(0, [.. new byte[31], 1]);
        Assert.NotEmpty(Write(state));
    }

    [Fact]
    public void A_key_pair_that_was_disposed_of_is_not_used()
    {
        NoiseKeyPair local = NoiseKeyPair.Generate();
        using HandshakeState a = Initiator("NK"), b = Responder("NK", local: local);
        local.Dispose();
        Fails(StationFault.InvalidState, () => Read(b, Write(a)));
    }

    private static void AssertFailed(HandshakeState state)
    {
        Assert.True(state.HasFailed);
        Assert.False(state.IsMyTurn || state.IsComplete);
        Assert.True(state.RemoteStatic.IsEmpty && state.RemoteEphemeral.IsEmpty && state.HandshakeHash.IsEmpty);
        Fails(StationFault.InvalidState, () => Write(state));
        Fails(StationFault.InvalidState, () => Read(state, new byte[100]));
        Fails(StationFault.InvalidState, () => state.SetPsk(0, new byte[32]));
        StationException e = Fails(StationFault.InvalidState, () => state.Split());
        Assert.Contains("failed", e.Message, StringComparison.Ordinal);
    }

    private static void AssertFailsAt(int message, HandshakeState a, HandshakeState b)
    {
        for (int i = 1; i < message; i++)
        {
            Step(a, b);
        }

        (HandshakeState writer, HandshakeState reader) = a.IsMyTurn ? (a, b) : (b, a);
        byte[] bytes = Write(writer);
        Fails(StationFault.HandshakeFailed, () => Read(reader, bytes));
        AssertFailed(reader);
    }
}
