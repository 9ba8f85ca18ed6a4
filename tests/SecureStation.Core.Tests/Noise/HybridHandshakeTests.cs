using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;
using static SecureStation.Core.Tests.Noise.NoiseSides;

namespace SecureStation.Core.Tests.Noise;

/// <summary>What the hybrid tokens do beyond known answers.</summary>
public class HybridHandshakeTests
{
    private const string Suite = "25519+MLKEM768_AESGCM_SHA256";

    [Theory]
    [InlineData("NNhfs")]
    [InlineData("XXhfs")]
    [InlineData("XXhfs+psk3")]
    [InlineData("IKhfs")]
    [InlineData("KKhfs+psk0+psk2")]
    public void Both_sides_agree_on_new_keys_each_time(string pattern)
    {
        (TransportState a, TransportState b) = Connect(pattern, Suite);
        (TransportState c, TransportState d) = Connect(pattern, Suite);
        Assert.Equal(a.HandshakeHash, b.HandshakeHash);
        Assert.NotEqual(a.HandshakeHash.ToArray(), c.HandshakeHash.ToArray());
        byte[] message = new byte[21], plain = new byte[5];
        a.Write("hello"u8, message);
        b.Read(message, plain);
        Assert.Equal("hello"u8, plain);
        Fails(StationFault.DecryptionFailed, () => d.Read(message, plain));
    }

    [Fact]
    public void KEM_keys_are_new_in_every_handshake()
    {
        using HandshakeState a = Initiator("NNhfs", Suite), b = Initiator("NNhfs", Suite);
        Assert.NotEqual(Write(a)[32..], Write(b)[32..]);
    }

    /// <summary>With the same X25519 keys on both sides the keys still differ: the KEM's secret is in them.</summary>
    [Fact]
    public void The_secret_of_the_KEM_is_in_the_keys()
    {
        byte[] First()
        {
            using HandshakeState a = Fixed(true), b = Fixed(false);
            Read(b, Write(a));
            Read(a, Write(b));
            using TransportState transport = a.Split();
            byte[] message = new byte[TransportState.TagLength];
            transport.Write([], message);
            return message;
        }

        static HandshakeState Fixed(bool isInitiator) => new(new HandshakeStateOptions
        {
            Protocol = ProtocolName.Parse($"Noise_NNhfs_{Suite}"),
            IsInitiator = isInitiator,
            UnsafeLocalEphemeral = NoiseKeyPair.FromPrivateKey([(byte)(isInitiator ? 8 : 16), .. new byte[31]]),
            UnsafeKemSeed = new byte[64],
        });

        Assert.NotEqual(First(), First());
    }

    /// <summary>Every byte of both messages, changed or cut off, ends the handshake at its message, and no sooner or later.</summary>
    [Theory]
    [InlineData("XXhfs", 0)]
    [InlineData("XXhfs", 1)]
    [InlineData("IKhfs", 0)]
    [InlineData("IKhfs", 1)]
    [InlineData("NNhfs+psk0", 0)]
    public void A_changed_byte_ends_the_handshake(string pattern, int target)
    {
        MessagePattern message = ProtocolName.Parse($"Noise_{pattern}_{Suite}").Pattern.Messages[target];
        var random = new Random(7);
        for (int at = 0; at < message.Overhead; at += random.Next(1, 40))
        {
            using HandshakeState a = Initiator(pattern, Suite), b = Responder(pattern, Suite);
            for (int i = 0; i < target; i++)
            {
                Step(a, b);
            }

            (HandshakeState writer, HandshakeState reader) = a.IsMyTurn ? (a, b) : (b, a);
            byte[] bytes = Write(writer);
            if (target == 0 && pattern == "XXhfs")
            {
                // In clear: the reader cannot tell a valid key from another. Message 2 cannot be read then.
                bytes[at] ^= 1;
                try
                {
                    Read(reader, bytes);
                }
                catch (StationException e) when (e.Fault == StationFault.HandshakeFailed && e.Message.Contains("3329", StringComparison.Ordinal))
                {
                    continue;
                }

                Fails(StationFault.HandshakeFailed, () => Read(writer, Write(reader)));
                continue;
            }

            bytes[at] ^= 1;
            Fails(StationFault.HandshakeFailed, () => Read(reader, bytes));
            Assert.True(reader.HasFailed);
        }
    }

    [Fact]
    public void A_key_that_is_not_reduced_is_refused_when_it_is_read()
    {
        using HandshakeState a = Initiator("XXhfs", Suite), b = Responder("XXhfs", Suite);
        byte[] message = Write(a);
        message[32] = message[33] = message[34] = 0xff;
        StationException e = Fails(StationFault.HandshakeFailed, () => Read(b, message));
        Assert.Contains("message 1 ", e.Message, StringComparison.Ordinal);
        Assert.Contains("3329", e.Message, StringComparison.Ordinal);
        Fails(StationFault.InvalidState, () => Write(b));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_message_of_another_length_is_refused(int more)
    {
        using HandshakeState a = Initiator("XXhfs", Suite), b = Responder("XXhfs", Suite);
        byte[] buffer = new byte[4096];
        byte[] message = buffer[..a.WriteMessage([], buffer)];
        Assert.Equal(1216, message.Length);
        if (more < 0)
        {
            Fails(StationFault.HandshakeFailed, () => Read(b, message[..^1]));
            return;
        }

        // What is beyond the key is payload; nothing in message 1 of XX vouches for it, and message 2 shows it.
        Assert.Single(Read(b, [.. message, 0]));
        Fails(StationFault.HandshakeFailed, () => Read(a, Write(b)));
    }

    /// <summary>A low-order point ends it at ee: what comes behind, the encapsulation, is not reached.</summary>
    [Fact]
    public void A_point_of_low_order_ends_it_before_the_KEM_is_used()
    {
        var counting = new CountingKem();
        using HandshakeState a = Initiator("XXhfs", Suite);
        using var b = new HandshakeState(new HandshakeStateOptions
        {
            Protocol = ProtocolName.Parse($"Noise_XXhfs_{Suite}"),
            IsInitiator = false,
            LocalStatic = ResponderStatic,
            KemLibrary = counting,
        });
        byte[] message = Write(a);
        message.AsSpan(0, 32).Clear();
        Read(b, message);
        Assert.Contains("low order", Fails(StationFault.HandshakeFailed, () => Write(b)).Message, StringComparison.Ordinal);
        Assert.Equal(0, counting.Calls);
    }

    private sealed class CountingKem : MLKem768
    {
        public int Calls { get; private set; }

        public override string LibraryName => "counting";

        protected override MLKem768PrivateKey ImportSeedCore(ReadOnlySpan<byte> seed) => throw Count();

        protected override MLKem768PrivateKey ImportDecapsulationKeyCore(ReadOnlySpan<byte> decapsulationKey) => throw Count();

        protected override void EncapsulateCore(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret) => throw Count();

        protected override void UnsafeEncapsulateCore(ReadOnlySpan<byte> encapsulationKey, ReadOnlySpan<byte> randomness, Span<byte> ciphertext, Span<byte> sharedSecret) => throw Count();

        private NotSupportedException Count()
        {
            Calls++;
            return new NotSupportedException();
        }
    }
}
