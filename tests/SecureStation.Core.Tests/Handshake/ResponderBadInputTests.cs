using System.Text;
using SecureStation.Core.Framing;
using SecureStation.Core.Handshake;
using SecureStation.Core.Noise;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Tests.Handshake;

/// <summary>A responder and an initiator that does something wrong.</summary>
public sealed class ResponderBadInputTests : IAsyncDisposable
{
    private const string Psk3 = Suites.HybridInvited;
    private static readonly byte[] s_secret = [.. Enumerable.Repeat((byte)7, 32)];

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly MemoryTransport _station;
    private FakePeer _peer;

    public ResponderBadInputTests()
    {
        (MemoryTransport peer, _station) = MemoryTransport.CreatePair();
        _peer = new FakePeer(peer);
    }

    public static TheoryData<string> LowOrder => LowOrderPoints.All;

    /// <summary>With a KEM key of zeros, which is valid.</summary>
    public static TheoryData<string, int, string> LowOrderFirst => [.. LowOrderPoints.All.SelectMany(point =>
        new (string, int, string)[] { (Suites.Classical, 32, point.Data), (Suites.Hybrid, 1216, point.Data) })];

    public static TheoryData<string> Identities => BadIdentities.All;

    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        _station.Abort();
        _deadline.Dispose();
    }

    [Fact]
    public async Task Every_beginning_that_is_not_the_preamble_is_refused_at_its_first_wrong_byte()
    {
        byte[] good = Preamble.Format(Suites.Hybrid);
        for (int i = 0; i < "SecureStation/1 ".Length; i++)
        {
            byte[] bad = [.. good.AsSpan(0, i), (byte)(good[i] ^ 0x20)];
            await AssertNoPreambleAsync(bad);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("SecureStation/2 Noise_XX_25519_AESGCM_SHA256\n")]
    [InlineData("SecureStation/1 \n")]
    [InlineData("SecureStation/1  Noise_XX_25519_AESGCM_SHA256\n")]
    [InlineData("SecureStation/1 Noise_XX_25519_AESGCM_SHA256\r\n")]
    [InlineData("SecureStation/1 Noise_XX_25519_ÄESGCM_SHA256\n")]
    [InlineData("SecureStation/1 Noise_XX_25519_AESGCM_SHA256\r")]
    [InlineData("SecureStation/1 Noise_XX\u0001")]
    [InlineData("SecureStation/1 \u0080")]
    [InlineData("SecureStation/1 0123456789012345678901234567890123456789012345678901234567890123")]
    public Task Another_first_line_is_refused(string line) => AssertNoPreambleAsync(Encoding.UTF8.GetBytes(line));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP")]
    [InlineData("POST /tsa HTTP/1.1\r\n", "HTTP")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n", "SSH")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000", "TLS")]
    public async Task What_a_client_speaks_is_said_where_it_is_known(string line, string protocol)
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        Task<StationSession> accepting = FakePeer.StartResponder(right);
        await left.WriteAsync(Encoding.Latin1.GetBytes(line), _deadline.Token);
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Preamble, accepting);
        Assert.Contains($"the other side speaks {protocol}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preamble_that_stops_short_is_a_closed_connection()
    {
        byte[] good = Preamble.Format(Suites.Hybrid);
        for (int length = 0; length < good.Length; length++)
        {
            (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
            Task<StationSession> accepting = FakePeer.StartResponder(right);
            await left.WriteAsync(good.AsMemory(0, length), _deadline.Token);
            await left.CompleteWritesAsync();
            await Expect.HandshakeFailureAsync(HandshakeStage.Preamble, accepting);
        }
    }

    [Theory]
    [InlineData("Noise_XX_25519_AESGCM_SHA512")]
    [InlineData("Noise_NN_25519_AESGCM_SHA256")]
    [InlineData("Noise_XXhfs_25519+ML-KEM-768_AESGCM_SHA256")]
    [InlineData("Noise_XXhfs_25519+XWing_AESGCM_SHA256")]
    [InlineData("Noise_XXpsk3+hfs_25519+MLKEM768_AESGCM_SHA256")]
    [InlineData("Noise_XXhfs_25519_AESGCM_SHA256")]
    [InlineData("Noise_XX_25519+MLKEM768_AESGCM_SHA256")]
    [InlineData("Noise_XXhfs_25519+mlkem768_AESGCM_SHA256")]
    [InlineData("Noise_IKhfs_25519+MLKEM768_AESGCM_SHA256")]
    [InlineData("x")]
    [InlineData("012345678901234567890123456789012345678901234567890123456789012")]
    public async Task An_unknown_suite_is_refused_with_a_hint(string suite)
    {
        Task<StationSession> accepting = Accept();
        await _peer.SendRawAsync(Preamble.Format(suite));
        Assert.Equal(StationReason.UnsupportedSuite, await _peer.ReadRefusalAsync());
        await _peer.Transport.CompleteWritesAsync();
        await Expect.HandshakeFailureAsync(HandshakeStage.Preamble, accepting);
    }

    [Fact]
    public async Task A_suite_that_is_not_allowed_is_refused_with_a_hint()
    {
        var terms = new TestTerms { Suites = [Suites.Hybrid], Limits = StationLimits.Default };
        Task<StationSession> accepting = Accept(terms);
        await _peer.SendMessage1Async(Suites.HybridChaChaPoly);
        Assert.Equal(StationReason.UnsupportedSuite, await _peer.ReadRefusalAsync());
        await _peer.Transport.CompleteWritesAsync();
        await Expect.HandshakeFailureAsync(HandshakeStage.Preamble, accepting);
    }

    /// <summary>Each suite has one length for message 1: another is refused before any of its bytes have come.</summary>
    [Theory]
    [InlineData(Suites.Classical, 32)]
    [InlineData(Suites.ClassicalChaChaPoly, 32)]
    [InlineData(Suites.ClassicalInvited, 64)]
    [InlineData(Suites.ClassicalChaChaPolyInvited, 64)]
    [InlineData(Suites.Hybrid, 1216)]
    [InlineData(Suites.HybridChaChaPoly, 1216)]
    [InlineData(Suites.HybridInvited, 1264)]
    [InlineData(Suites.HybridChaChaPolyInvited, 1264)]
    public async Task A_message_1_of_another_length_is_refused_at_its_length(string suite, int due)
    {
        Assert.Equal(due, StationSuite.Parse(suite).Message1Length);
        foreach (int length in new[] { 1, 32, 64, due - 1, due + 1, 1216, 1264, 4096, 4097, 65535 }.Where(length => length != due))
        {
            (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
            Task<StationSession> accepting = FakePeer.StartResponder(right, TestTerms.Create(invitationSecret: s_secret));
            await left.WriteAsync((byte[])[.. Preamble.Format(suite), .. Wire.U16((ushort)length)], _deadline.Token);
            StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message1, accepting);
            Assert.Contains($"{length} bytes is announced", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Message_1_with_a_payload_that_is_not_due_is_refused()
    {
        Task<StationSession> accepting = Accept();
        await _peer.SendMessage1Async(payload: [1]);
        await Expect.HandshakeFailureAsync(HandshakeStage.Message1, accepting);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public async Task An_invitation_id_of_another_length_is_refused(int length)
    {
        Task<StationSession> accepting = Accept(TestTerms.Create(invitationSecret: s_secret));
        await _peer.SendMessage1Async(Psk3, payload: new byte[length], secret: s_secret);
        await Expect.HandshakeFailureAsync(HandshakeStage.Message1, accepting);
    }

    [Theory]
    [MemberData(nameof(LowOrderFirst))]
    public async Task A_low_order_ephemeral_key_is_refused(string suite, int length, string point)
    {
        Task<StationSession> accepting = Accept();
        await _peer.SendRawAsync([.. Preamble.Format(suite), .. Wire.U16((ushort)length), .. Convert.FromHexString(point), .. new byte[length - 32]]);
        Assert.Equal(StationReason.HandshakeFailed, await _peer.ReadRefusalAsync());
        await _peer.Transport.CompleteWritesAsync();
        await Expect.HandshakeFailureAsync(HandshakeStage.Message2, accepting);
    }

    [Theory]
    [MemberData(nameof(LowOrder))]
    public async Task A_low_order_static_key_is_refused(string point)
    {
        _peer = new FakePeer(_peer.Transport) { Static = LowOrderPoints.KeyPair(point) };
        await AssertMessage3RefusedAsync(_peer.HandshakeAsync());
    }

    [Theory]
    [MemberData(nameof(Identities))]
    public async Task A_bad_identity_is_refused(string which)
    {
        NoiseKeyPair staticKey = NoiseKeyPair.Generate();
        _peer = new FakePeer(_peer.Transport) { Static = staticKey, IdentityInstead = BadIdentities.Create(which, _peer.Identity, staticKey) };
        await AssertMessage3RefusedAsync(_peer.HandshakeAsync());
    }

    [Fact]
    public async Task Another_invitation_secret_is_refused()
    {
        Task<StationSession> accepting = Accept(TestTerms.Create(invitationSecret: s_secret));
        await _peer.HandshakeAsync(Psk3, new byte[16], [.. Enumerable.Repeat((byte)8, 32)]);
        Assert.Equal(StationReason.HandshakeFailed, await _peer.ReadRefusalAsync());
        await _peer.Transport.CompleteWritesAsync();
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message3, accepting);
        Assert.Contains("invitation secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_invitation_is_refused_with_a_hint()
    {
        Task<StationSession> accepting = Accept();
        await _peer.SendMessage1Async(Psk3, new byte[16], s_secret);
        Assert.Equal(StationReason.InvitationUnknown, await _peer.ReadRefusalAsync());
        await _peer.Transport.CompleteWritesAsync();
        await Expect.HandshakeFailureAsync(HandshakeStage.Message1, accepting);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_flipped_bit_anywhere_in_message_3_is_refused(int bit)
    {
        for (int i = 0; i < 190; i += 19)
        {
            (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
            await using var peer = new FakePeer(left);
            Task<StationSession> accepting = FakePeer.StartResponder(right);
            await peer.SendMessage1Async();
            await peer.ReadHandshakeMessageAsync();
            byte[] message = peer.WriteHandshakeMessage(peer.IdentityPayloadBytes);
            message[Math.Min(2 + i, message.Length - 1)] ^= (byte)(1 << bit);
            await peer.SendRawAsync(message);
            Assert.Equal(StationReason.HandshakeFailed, await peer.ReadRefusalAsync());
            await peer.Transport.CompleteWritesAsync();
            await Expect.HandshakeFailureAsync(HandshakeStage.Message3, accepting);
        }
    }

    [Theory]
    [InlineData(4, nameof(StationReason.PeerUntrusted))]
    [InlineData(12345, "reason 12345")]
    public async Task A_plain_refusal_instead_of_message_3_is_a_hint_beside_HandshakeFailed(ushort reason, string hint)
    {
        Task<StationSession> accepting = Accept();
        await _peer.SendMessage1Async();
        await _peer.ReadHandshakeMessageAsync();
        await _peer.SendRawAsync([0, 0, .. Wire.U16(reason)]);
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message3, accepting);
        Assert.Equal(hint, e.PeerHint);
    }

    [Fact]
    public async Task Instead_of_message_1_nobody_can_refuse()
    {
        Task<StationSession> accepting = Accept();
        await _peer.SendRawAsync([.. Preamble.Format(Suites.Hybrid), 0, 0]);
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message1, accepting);
        Assert.Null(e.PeerHint);
    }

    [Fact]
    public async Task A_zero_length_without_its_reason_is_a_closed_connection()
    {
        Task<StationSession> accepting = Accept();
        await _peer.SendMessage1Async();
        await _peer.ReadHandshakeMessageAsync();
        await _peer.SendRawAsync([0, 0, 0]);
        await _peer.Transport.CompleteWritesAsync();
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message3, accepting);
        Assert.Null(e.PeerHint);
    }

    [Fact]
    public async Task An_initiator_that_is_not_trusted_gets_an_authenticated_Close()
    {
        Task<StationSession> accepting = Accept(TestTerms.Create(accepts: false));
        await _peer.HandshakeAsync();
        await _peer.SendAsync(Wire.Welcome());
        Assert.Equal(StationReason.PeerUntrusted, await _peer.ReadCloseAsync());
        await _peer.Transport.CompleteWritesAsync();
        await Expect.FaultAsync(StationFault.PeerUntrusted, accepting);
    }

    [Fact]
    public async Task Close_instead_of_Welcome_from_the_initiator_is_PeerRefused()
    {
        Task<StationSession> accepting = Accept();
        await _peer.HandshakeAsync();
        await _peer.SendAsync(Wire.Close(StationReason.Busy));
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, accepting);
        Assert.Equal((nameof(StationReason.Busy), HandshakeStage.Welcome), (e.PeerHint, e.Stage));
    }

    [Theory]
    [InlineData(FrameType.Message)]
    [InlineData(FrameType.Ack)]
    [InlineData(FrameType.Ping)]
    [InlineData(FrameType.Rekey)]
    public async Task A_frame_before_Welcome_fails_the_handshake(FrameType type)
    {
        Task<StationSession> accepting = Accept();
        await _peer.HandshakeAsync();
        await _peer.SendAsync(type switch
        {
            FrameType.Message => Wire.Text(1, "too early"),
            FrameType.Ack => Wire.Ack(0, 0),
            FrameType.Ping => Wire.Ping(1),
            _ => Wire.Frame(type),
        });
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Welcome, accepting);
        Assert.Contains("before its Welcome", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_after_message_3_fails_the_handshake_when_the_stream_ends()
    {
        Task<StationSession> accepting = Accept();
        await _peer.HandshakeAsync();
        await _peer.Transport.CompleteWritesAsync();
        await Expect.HandshakeFailureAsync(HandshakeStage.Welcome, accepting);
    }

    [Fact]
    public async Task Random_bytes_never_do_more_than_fail()
    {
        var random = new Random(1);
        for (int round = 0; round < 200; round++)
        {
            byte[] garbage = new byte[random.Next(1, 600)];
            random.NextBytes(garbage);
            byte[] bytes = round % 2 == 0 ? garbage : [.. Preamble.Format(StationSuite.Names[round / 2 % StationSuite.Names.Count]), .. garbage];
            (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
            Task<StationSession> accepting = FakePeer.StartResponder(right);
            await left.WriteAsync(bytes, _deadline.Token);
            await left.CompleteWritesAsync();
            StationException e = await Expect.FaultAsync(StationFault.HandshakeFailed, accepting);
            Assert.NotEqual(HandshakeStage.None, e.Stage);
        }
    }

    private Task<StationSession> Accept(TestTerms? terms = null) => FakePeer.StartResponder(_station, terms);

    private async Task AssertNoPreambleAsync(byte[] bytes)
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        Task<StationSession> accepting = FakePeer.StartResponder(right);
        await left.WriteAsync(bytes, _deadline.Token);
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Preamble, accepting);
        Assert.Null(e.PeerHint);
    }

    private async Task AssertMessage3RefusedAsync(Task handshake)
    {
        Task<StationSession> accepting = Accept();
        await handshake;
        Assert.Equal(StationReason.HandshakeFailed, await _peer.ReadRefusalAsync());
        await _peer.Transport.CompleteWritesAsync();
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message3, accepting);
        Assert.Null(e.PeerHint);
    }
}
