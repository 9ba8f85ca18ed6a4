using System.Buffers.Binary;
using SecureStation.Core.Connecting;
using SecureStation.Core.Framing;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Handshake;

/// <summary>An initiator and a responder that does something wrong.</summary>
public sealed class InitiatorBadInputTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly MemoryTransport _station;
    private FakePeer _peer;

    public InitiatorBadInputTests()
    {
        (_station, MemoryTransport peer) = MemoryTransport.CreatePair();
        _peer = new FakePeer(peer);
    }

    public static TheoryData<string> LowOrder => LowOrderPoints.All;

    public static TheoryData<string> Identities => BadIdentities.All;

    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        _station.Abort();
        _deadline.Dispose();
    }

    [Theory]
    [InlineData(HandshakeStage.Message2)]
    [InlineData(HandshakeStage.Welcome)]
    public async Task A_plain_refusal_is_a_hint_beside_HandshakeFailed(HandshakeStage stage)
    {
        Task<StationSession> connecting = Connect();
        await (stage == HandshakeStage.Message2 ? _peer.ReadMessage1Async() : _peer.RespondAsync());
        await _peer.SendRawAsync(new byte[] { 0, 0, 0, 8 });
        StationException e = await Expect.HandshakeFailureAsync(stage, connecting);
        Assert.Equal(nameof(StationReason.Busy), e.PeerHint);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP")]
    [InlineData("HT", "HTTP")]
    [InlineData("<!DOCTYPE HTML>\n", "HTTP")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n", "SSH")]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0046", "TLS")]
    public async Task What_the_other_side_speaks_is_said_where_it_is_known(string answer, string protocol)
    {
        Task<StationSession> connecting = Connect();
        await _peer.ReadMessage1Async();
        await _peer.SendRawAsync(System.Text.Encoding.Latin1.GetBytes(answer));
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message2, connecting);
        Assert.Contains($"the other side speaks {protocol}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_guessed_of_other_bytes()
    {
        Task<StationSession> connecting = Connect();
        await _peer.ReadMessage1Async();
        await _peer.SendRawAsync([0x20, 0x20, 0x20]);
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message2, connecting);
        Assert.DoesNotContain("speaks", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HandshakeStage.Message2)]
    [InlineData(HandshakeStage.Welcome)]
    public async Task A_zero_length_without_its_reason_is_a_closed_connection(HandshakeStage stage)
    {
        Task<StationSession> connecting = Connect();
        await (stage == HandshakeStage.Message2 ? _peer.ReadMessage1Async() : _peer.RespondAsync());
        await _peer.SendRawAsync(new byte[] { 0, 0, 0 });
        await _peer.Transport.CompleteWritesAsync();
        StationException e = await Expect.HandshakeFailureAsync(stage, connecting);
        Assert.Null(e.PeerHint);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(95)]
    [InlineData(96)]
    [InlineData(1199)]
    [InlineData(1200)]
    [InlineData(4096)]
    public async Task A_message_2_of_garbage_is_refused(int length)
    {
        Task<StationSession> connecting = Connect();
        await _peer.ReadMessage1Async();
        await _peer.SendRawAsync([.. Wire.U16((ushort)length), .. Enumerable.Repeat((byte)9, length)]);
        await Expect.HandshakeFailureAsync(HandshakeStage.Message2, connecting);
    }

    [Theory]
    [InlineData(4097)]
    [InlineData(65535)]
    public async Task A_length_over_4096_is_refused_before_its_bytes_come(int length)
    {
        Task<StationSession> connecting = Connect();
        await _peer.ReadMessage1Async();
        await _peer.SendRawAsync(Wire.U16((ushort)length));
        await Expect.HandshakeFailureAsync(HandshakeStage.Message2, connecting);
    }

    [Theory]
    [MemberData(nameof(LowOrder))]
    public async Task A_low_order_ephemeral_key_is_refused(string point)
    {
        Task<StationSession> connecting = Connect();
        await _peer.ReadMessage1Async();
        byte[] message = _peer.WriteHandshakeMessage(_peer.IdentityPayloadBytes);
        Convert.FromHexString(point).CopyTo(message, 2);
        await _peer.SendRawAsync(message);
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message2, connecting);
        Assert.Contains("low order", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(LowOrder))]
    public async Task A_low_order_static_key_is_refused(string point)
    {
        _peer = new FakePeer(_peer.Transport) { Static = LowOrderPoints.KeyPair(point) };
        Task<StationSession> connecting = Connect();
        await _peer.ReadMessage1Async();
        await _peer.SendRawAsync(_peer.WriteHandshakeMessage(_peer.IdentityPayloadBytes));
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message2, connecting);
        Assert.Contains("low order", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Identities))]
    public async Task A_bad_identity_is_refused(string which)
    {
        NoiseKeyPair staticKey = NoiseKeyPair.Generate();
        _peer = new FakePeer(_peer.Transport) { Static = staticKey, IdentityInstead = BadIdentities.Create(which, _peer.Identity, staticKey) };
        Task<StationSession> connecting = Connect();
        await _peer.ReadMessage1Async();
        await _peer.SendRawAsync(_peer.WriteHandshakeMessage(_peer.IdentityPayloadBytes));
        await Expect.HandshakeFailureAsync(HandshakeStage.Message2, connecting);
    }

    [Fact]
    public async Task A_responder_that_is_not_trusted_gets_a_hint_and_never_message_3()
    {
        using StationKeyPair key = StationKeyPair.Generate();
        using var client = new StationClient(new StationClientOptions { KeyPair = key, Trust = new ClientTrust() });
        Task<StationSession> connecting = client.ConnectAsync(_station, _deadline.Token);
        await _peer.ReadMessage1Async();
        await _peer.SendRawAsync(_peer.WriteHandshakeMessage(_peer.IdentityPayloadBytes));
        Assert.Equal(StationReason.PeerUntrusted, await _peer.ReadRefusalAsync());
        await _peer.Transport.CompleteWritesAsync();
        StationException e = await Expect.FaultAsync(StationFault.PeerUntrusted, connecting);
        Assert.Equal(_peer.Identity.Fingerprint.ToString(), e.PeerFingerprint);
    }

    [Theory]
    [InlineData(StationReason.PeerUntrusted, StationFault.PeerRefused)]
    [InlineData(StationReason.Busy, StationFault.PeerRefused)]
    [InlineData(StationReason.Closed, StationFault.PeerRefused)]
    [InlineData((StationReason)999, StationFault.PeerRefused)]
    [InlineData(StationReason.InvitationExpired, StationFault.InvitationExpired)]
    [InlineData(StationReason.InvitationUsed, StationFault.InvitationUsed)]
    public async Task Close_instead_of_Welcome_refuses(StationReason reason, StationFault fault)
    {
        Task<StationSession> connecting = Connect();
        await _peer.RespondAsync();
        await _peer.SendAsync(Wire.Close(reason));
        StationException e = await Expect.FaultAsync(fault, connecting);
        Assert.Equal(HandshakeStage.Welcome, e.Stage);
        Assert.Equal(Enum.IsDefined(reason) ? reason.ToString() : "reason 999", e.PeerHint);
    }

    [Theory]
    [InlineData(FrameType.Message)]
    [InlineData(FrameType.Ack)]
    [InlineData(FrameType.Pong)]
    public async Task A_frame_before_Welcome_fails_the_handshake(FrameType type)
    {
        Task<StationSession> connecting = Connect();
        await _peer.RespondAsync();
        await _peer.SendAsync(type switch
        {
            FrameType.Message => Wire.Text(1, "too early"),
            FrameType.Ack => Wire.Ack(0, 0),
            _ => Wire.Frame(type, new byte[8]),
        });
        await Expect.HandshakeFailureAsync(HandshakeStage.Welcome, connecting);
    }

    [Fact]
    public async Task Garbage_instead_of_Welcome_fails_the_handshake()
    {
        Task<StationSession> connecting = Connect();
        await _peer.RespondAsync();
        await _peer.SendRawAsync([0, 40, .. new byte[40]]);
        await Expect.HandshakeFailureAsync(HandshakeStage.Welcome, connecting);
    }

    [Fact]
    public async Task The_initiator_sends_nothing_but_Welcome_before_the_responder_has()
    {
        Task<StationSession> connecting = Connect();
        await _peer.RespondAsync();
        Assert.Equal(FrameType.Welcome, (await _peer.ReadFrameAsync(withAcks: true)).Type);
        await Task.Delay(50, _deadline.Token);
        Assert.False(connecting.IsCompleted);
        await _peer.SendAsync(Wire.Welcome());
        StationSession session = await connecting;
        await session.SendAsync(Core.Messages.OutgoingMessage.Text("now"), _deadline.Token);
        (FrameType type, _, byte[] body) = await _peer.ReadFrameAsync(withAcks: true);
        Assert.Equal((FrameType.Message, 1ul), (type, BinaryPrimitives.ReadUInt64BigEndian(body)));
    }

    [Fact]
    public async Task An_altered_preamble_cannot_be_hidden()
    {
        // Someone in between changes the suite for the responder's eyes only: prologues differ, message 2 cannot be read.
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        Task<StationSession> connecting = Connect();
        Task<StationSession> accepting = FakePeer.StartResponder(right);
        byte[] preamble = await _peer.ReadRawAsync(Preamble.Format(Suites.Hybrid).Length);
        byte[] message1 = await _peer.ReadRawAsync(2 + 1216);
        Assert.Equal(Preamble.Format(Suites.Hybrid), preamble);
        var responder = new FakePeer(left);
        await responder.SendRawAsync([.. Preamble.Format(Suites.HybridChaChaPoly), .. message1]);
        byte[] length = await responder.ReadRawAsync(2);
        await _peer.SendRawAsync([.. length, .. await responder.ReadRawAsync(BinaryPrimitives.ReadUInt16BigEndian(length))]);
        await Expect.HandshakeFailureAsync(HandshakeStage.Message2, connecting);
        left.Abort();
        await Expect.HandshakeFailureAsync(HandshakeStage.Message3, accepting);
    }

    private Task<StationSession> Connect() => FakePeer.StartInitiator(_station);
}
