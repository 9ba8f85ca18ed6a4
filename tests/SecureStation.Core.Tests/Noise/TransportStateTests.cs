using System.Security.Cryptography;
using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;
using static SecureStation.Core.Tests.Noise.NoiseSides;

namespace SecureStation.Core.Tests.Noise;

public class TransportStateTests
{
    public static TheoryData<string> Suites { get; } = ["25519_AESGCM_SHA256", "25519_ChaChaPoly_BLAKE2b"];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Messages_go_both_ways(string suite)
    {
        (TransportState a, TransportState b) = Connect("XX", suite);
        byte[] message = new byte[TransportState.MaxMessageLength], plaintext = new byte[TransportState.MaxPlaintextLength];
        foreach (int length in (int[])[0, 1, 16, 1000, TransportState.MaxPlaintextLength])
        {
            byte[] text = RandomNumberGenerator.GetBytes(length);
            Assert.Equal(length + 16, a.Write(text, message));
            Assert.Equal(length, b.Read(message.AsSpan(0, length + 16), plaintext));
            Assert.Equal(text, plaintext[..length]);
            Assert.Equal(length + 16, b.Write(text, message));
            Assert.Equal(length, a.Read(message.AsSpan(0, length + 16), plaintext));
            Assert.Equal(text, plaintext[..length]);
        }

        Assert.Equal<ulong[]>([5, 5, 5, 5], [a.SendingNonce, a.ReceivingNonce, b.SendingNonce, b.ReceivingNonce]);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_message_may_be_written_and_read_in_place(string suite)
    {
        (TransportState a, TransportState b) = Connect("XX", suite);
        byte[] text = RandomNumberGenerator.GetBytes(1000), buffer = [.. text, .. new byte[16]];
        Assert.Equal(1016, a.Write(buffer.AsSpan(0, 1000), buffer));
        Assert.NotEqual(text, buffer[..1000]);
        Assert.Equal(1000, b.Read(buffer, buffer));
        Assert.Equal(text, buffer[..1000]);
        Fails(StationFault.InvalidArgument, () => a.Write(buffer.AsSpan(1, 100), buffer));
        Fails(StationFault.InvalidArgument, () => b.Read(buffer.AsSpan(0, 100), buffer.AsSpan(1)));
    }

    [Theory]
    [InlineData("AESGCM")]
    [InlineData("ChaChaPoly")]
    public void No_message_allocates(string cipher)
    {
        Assert.SkipUnless(cipher == "AESGCM" || ChaCha20Poly1305.IsSupported, "The platform has no ChaCha20-Poly1305; BouncyCastle's allocates.");
        (TransportState a, TransportState b) = Connect("XX", $"25519_{cipher}_SHA256");
        byte[] text = new byte[1000], message = new byte[1016];
        void Exchange(int count)
        {
            for (int i = 0; i < count; i++)
            {
                a.Write(text, message);
                b.Read(message, text);
            }
        }

        Exchange(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Any_altered_byte_is_detected_and_the_nonce_stays(string suite)
    {
        (TransportState a, TransportState b) = Connect("XX", suite);
        byte[] message = new byte[23], plaintext = new byte[7];
        a.Write("payload"u8, message);
        for (int i = 0; i < message.Length; i++)
        {
            byte[] altered = [.. message];
            altered[i] ^= 0x10;
            plaintext.AsSpan().Fill(0xAA);
            Fails(StationFault.DecryptionFailed, () => b.Read(altered, plaintext));
            Assert.Equal(new byte[7], plaintext);
            Assert.Equal(0UL, b.ReceivingNonce);
        }

        for (int length = 0; length < message.Length; length++)
        {
            Fails(StationFault.DecryptionFailed, () => b.Read(message.AsSpan(0, length), plaintext));
        }

        Fails(StationFault.DecryptionFailed, () => b.Read([.. message, 0], new byte[8]));
        Fails(StationFault.DecryptionFailed, () => b.Read("ad"u8, message, plaintext));
        Assert.Equal(7, b.Read(message, plaintext));
        Assert.Equal("payload"u8, plaintext);
        Assert.Equal(1UL, b.ReceivingNonce);
    }

    [Fact]
    public void A_message_is_read_once_and_in_its_turn_and_not_by_its_sender()
    {
        (TransportState a, TransportState b) = Connect("NN");
        byte[] first = new byte[17], second = new byte[17], plaintext = new byte[1];
        a.Write([1], first);
        a.Write([2], second);
        Fails(StationFault.DecryptionFailed, () => b.Read(second, plaintext));
        Fails(StationFault.DecryptionFailed, () => a.Read(first, plaintext));
        b.Read(first, plaintext);
        Fails(StationFault.DecryptionFailed, () => b.Read(first, plaintext));
        b.Read(second, plaintext);
        Assert.Equal(2, plaintext[0]);
    }

    [Fact]
    public void Associated_data_is_authenticated()
    {
        (TransportState a, TransportState b) = Connect("NN");
        byte[] message = new byte[23], plaintext = new byte[7];
        a.Write("ad"u8, "payload"u8, message);
        Fails(StationFault.DecryptionFailed, () => b.Read(message, plaintext));
        Assert.Equal(7, b.Read("ad"u8, message, plaintext));
    }

    [Fact]
    public void Sizes_are_checked_before_anything_changes()
    {
        (TransportState a, TransportState b) = Connect("NN");
        byte[] large = new byte[70_000];
        Fails(StationFault.InvalidArgument, () => a.Write(new byte[TransportState.MaxPlaintextLength + 1], large));
        Fails(StationFault.InvalidArgument, () => a.Write(new byte[10], large.AsSpan(0, 25)));
        Fails(StationFault.DecryptionFailed, () => b.Read(large.AsSpan(0, 65536), new byte[70_000]));
        Fails(StationFault.InvalidArgument, () => b.Read(large.AsSpan(0, 26), new byte[9]));
        Assert.Equal(0UL, a.SendingNonce + b.ReceivingNonce);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Rekey_changes_the_key_and_keeps_the_nonce(string suite)
    {
        (TransportState a, TransportState b) = Connect("XX", suite);
        byte[] message = new byte[17], plaintext = new byte[1];
        a.Write([1], message);
        b.Read(message, plaintext);
        a.RekeySending();
        Assert.Equal(1UL, a.SendingNonce);
        a.Write([2], message);
        Fails(StationFault.DecryptionFailed, () => b.Read(message, plaintext));
        b.RekeyReceiving();
        Assert.Equal(1UL, b.ReceivingNonce);
        b.Read(message, plaintext);
        Assert.Equal(2, plaintext[0]);

        // The other direction has a key of its own.
        b.Write([3], message);
        a.Read(message, plaintext);
        Assert.Equal(3, plaintext[0]);
    }

    [Theory]
    [InlineData("AESGCM")]
    [InlineData("ChaChaPoly")]
    public void The_reserved_nonce_is_never_used(string cipher)
    {
        var sending = new CipherState(cipher);
        var receiving = new CipherState(cipher);
        sending.InitializeKey(Psk(1));
        receiving.InitializeKey(Psk(1));
        sending.Nonce = receiving.Nonce = ulong.MaxValue - 1;
        using var a = new TransportState(sending, null, [], new byte[32]);
        using var b = new TransportState(null, receiving, [], new byte[32]);
        byte[] message = new byte[17], plaintext = new byte[1];

        a.Write([1], message);
        b.Read(message, plaintext);
        Assert.Equal(CipherState.ReservedNonce, a.SendingNonce);
        Fails(StationFault.InvalidState, () => a.Write([2], message));
        Fails(StationFault.InvalidState, () => b.Read(message, plaintext));
        Fails(StationFault.InvalidState, () => a.Write([2], message));
        Assert.Equal(CipherState.ReservedNonce, a.SendingNonce);

        // Rekey alone may use it, and does not bring the nonce back.
        a.RekeySending();
        Fails(StationFault.InvalidState, () => a.Write([2], message));
    }

    [Theory] // REKEY(k), section 4.2, by the platform's ciphers themselves
    [InlineData("AESGCM")]
    [InlineData("ChaChaPoly")]
    public void Rekey_is_the_specifications(string name)
    {
        byte[] expectedKey = new byte[32], tag = new byte[16], nonce = [0, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 8)];
        if (name == "AESGCM")
        {
            using var aead = new AesGcm(Psk(1), 16);
            aead.Encrypt(nonce, new byte[32], expectedKey, tag);
        }
        else
        {
            Assert.SkipUnless(ChaCha20Poly1305.IsSupported, "The platform has no ChaCha20-Poly1305.");
            using var aead = new ChaCha20Poly1305(Psk(1));
            aead.Encrypt(nonce, new byte[32], expectedKey, tag);
        }

        using var state = new CipherState(name);
        state.InitializeKey(Psk(1));
        state.Nonce = 5;
        state.Rekey();
        byte[] actual = new byte[23], expected = new byte[23];
        state.EncryptWithAd([], "payload"u8, actual);
        using AeadCipher cipher = AeadCipher.Create(name, expectedKey);
        cipher.Encrypt(5, [], "payload"u8, expected.AsSpan(0, 7), expected.AsSpan(7));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void A_one_way_pattern_sends_one_way()
    {
        (TransportState a, TransportState b) = Connect("N");
        Assert.True(a.CanWrite && b.CanRead);
        Assert.False(a.CanRead || b.CanWrite);
        byte[] message = new byte[17];
        a.Write([1], message);
        b.Read(message, new byte[1]);
        Fails(StationFault.InvalidState, () => b.Write([1], message));
        Fails(StationFault.InvalidState, () => b.RekeySending());
        Fails(StationFault.InvalidState, () => a.Read(message, new byte[1]));
        Fails(StationFault.InvalidState, () => a.RekeyReceiving());
    }

    [Fact]
    public void A_disposed_transport_does_nothing_more()
    {
        (TransportState a, TransportState b) = Connect("NN");
        byte[] message = new byte[17];
        a.Write([1], message);
        a.Dispose();
        b.Dispose();
        // Above all it does not send in clear, as a CipherState without a key does by the specification.
        Fails(StationFault.InvalidState, () => a.Write([1], message));
        Fails(StationFault.InvalidState, () => b.Read(message, new byte[1]));
        Fails(StationFault.InvalidState, () => a.RekeySending());
        Fails(StationFault.InvalidState, () => a.Export("label", 32));
    }

    [Fact]
    public void Exports_are_the_same_on_both_sides_and_differ_between_labels_and_channels()
    {
        (TransportState a, TransportState b) = Connect("XX");
        (TransportState c, _) = Connect("XX");
        Assert.Equal(a.Export("one", 64), b.Export("one", 64));
        Assert.Equal(a.Export("one", 64)[..32], a.Export("one", 32));
        Assert.NotEqual(a.Export("one", 32), a.Export("two", 32));
        Assert.NotEqual(a.Export("one", 32), c.Export("one", 32));
        Assert.Equal(TransportState.MaxExportLength, a.Export("", TransportState.MaxExportLength).Length);
    }

    [Fact]
    public void Export_refuses_other_lengths_and_labels()
    {
        (TransportState a, _) = Connect("XX");
        Fails(StationFault.InvalidArgument, () => a.Export("label", 0));
        Fails(StationFault.InvalidArgument, () => a.Export("label", TransportState.MaxExportLength + 1));
        Fails(StationFault.InvalidArgument, () => a.Export("a\0b", 32));
        Fails(StationFault.InvalidArgument, () => a.Export("\ud800", 32));
    }
}
