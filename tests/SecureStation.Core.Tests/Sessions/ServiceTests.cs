using System.Buffers.Binary;
using SecureStation.Core.Connecting;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions;

public class ServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_answered_and_stays_out_of_the_inbox()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        SessionServices left = ((SecureSession)pair.Left).Services;
        SessionServices right = ((SecureSession)pair.Right).Services;
        right.SwitchOn("dh");
        Task<StationMessage> asking = left.RequestAsync(OutgoingMessage.Service("dh", "question"u8.ToArray()), Token);
        StationMessage question = await right.ReceiveAsync("dh", Token);
        Assert.Equal("question"u8.ToArray(), question.BodyBytes.ToArray());
        await pair.Right.SendAsync(OutgoingMessage.Service("dh", "answer"u8.ToArray(), question.Id), Token);
        Assert.Equal("answer"u8.ToArray(), (await asking).BodyBytes.ToArray());
        Assert.Equal((0, 0), (pair.Left.InboxCount, pair.Right.InboxCount));
    }

    [Fact]
    public async Task An_unknown_service_is_answered_with_its_name_and_UnknownService()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(Wire.Service(1, "no-such", "body"u8));
            (FrameType type, byte flags, byte[] body) = await peer.ReadFrameAsync();
            Assert.Equal((FrameType.Message, (byte)0), (type, flags));
            Assert.Equal(Wire.Message(1, 4, [], inReplyTo: 1, headers: [("service", "no-such"), ("error", "UnknownService")])[6..], body);
            Assert.Equal(0, session.InboxCount);
        }
    }

    [Fact]
    public async Task The_caller_of_an_unknown_service_gets_a_typed_error()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        StationException e = await Expect.FaultAsync(
            StationFault.UnknownService, ((SecureSession)pair.Left).Services.RequestAsync(OutgoingMessage.Service("notary", default), Token));
        Assert.Equal("UnknownService", e.PeerHint);
    }

    [Fact]
    public async Task An_answer_that_nobody_waits_for_is_dropped()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(Wire.Service(1, "no-such", inReplyTo: 77), Wire.Text(2, "next"), Wire.Ping(1));
            Assert.Equal("next", (await session.ReceiveAsync(Token)).Body);
            Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Type);
        }
    }

    [Fact]
    public async Task A_message_that_means_nothing_is_dropped_without_an_answer_and_given_back_to_the_window()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(Wire.Service(1, "void", new byte[700]), Wire.Text(2, "next"), Wire.Ping(1));
            Assert.Equal("next", (await session.ReceiveAsync(Token)).Body);
            Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Type);
            await peer.SendAsync(Wire.Ping(2));
            (FrameType type, _, byte[] body) = await peer.ReadFrameAsync(withAcks: true);
            Assert.Equal((FrameType.Ack, 2ul, 704ul), (type, BinaryPrimitives.ReadUInt64BigEndian(body), BinaryPrimitives.ReadUInt64BigEndian(body.AsSpan(8))));
        }
    }

    [Fact]
    public async Task The_bodies_of_service_messages_are_given_back_to_the_window()
    {
        var limits = new StationLimits { Window = 1000 };
        await using StationLoopback pair = await StationLoopback.CreateAsync(limits: limits, cancellationToken: Token);
        SessionServices left = ((SecureSession)pair.Left).Services;
        for (int i = 0; i < 5; i++)
        {
            await Expect.FaultAsync(StationFault.UnknownService, left.RequestAsync(OutgoingMessage.Service("x", new byte[900]), Token));
        }
    }

    [Fact]
    public async Task A_request_that_is_given_up_is_withdrawn_by_a_message_that_nobody_answers()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            using var giveUp = new CancellationTokenSource();
            Task<StationMessage> asking = ((SecureSession)session).Services.RequestAsync(OutgoingMessage.Service("x", "q"u8.ToArray()), giveUp.Token);
            Assert.Equal(Wire.Message(1, 4, "q"u8, headers: [("service", "x")])[6..], (await peer.ReadFrameAsync()).Body);
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
            Assert.Equal(Wire.Message(2, 4, [], headers: [("service", "x"), ("op", "cancel"), ("call", "1")])[6..], (await peer.ReadFrameAsync()).Body);
        }
    }

    [Theory]
    [InlineData("dh", "1")]
    [InlineData("no-such", "1")]
    [InlineData("dh", "99")]
    [InlineData("dh", "not a number")]
    public async Task A_withdrawal_is_never_answered_and_takes_its_question_back(string service, string call)
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            SessionServices services = ((SecureSession)session).Services;
            services.SwitchOn("dh");
            await peer.SendAsync(
                Wire.Service(1, "dh", "first"u8),
                Wire.Message(2, 4, [], headers: [("service", service), ("op", "cancel"), ("call", call)]),
                Wire.Service(3, "dh", "second"u8),
                Wire.Ping(7));
            Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Type);
            StationMessage next = await services.ReceiveAsync("dh", Token);
            Assert.Equal((service, call) is ("dh", "1") ? 3u : 1u, next.Id);
        }
    }

    [Fact]
    public async Task A_request_fails_with_the_session()
    {
        StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        ((SecureSession)pair.Right).Services.SwitchOn("slow");
        Task<StationMessage> asking = ((SecureSession)pair.Left).Services.RequestAsync(OutgoingMessage.Service("slow", default), Token);
        await ((SecureSession)pair.Right).Services.ReceiveAsync("slow", Token);
        Task<StationMessage> serving = ((SecureSession)pair.Right).Services.ReceiveAsync("slow", Token);
        pair.Right.Abort();
        await Expect.FaultAsync(StationFault.Truncated, asking);
        await Expect.FaultAsync(StationFault.SessionClosed, serving);
    }

    [Fact]
    public async Task A_service_of_a_session_that_has_ended_is_not_waited_for()
    {
        StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        await pair.Left.CloseAsync(Token);
        await Expect.FaultAsync(StationFault.SessionClosed, ((SecureSession)pair.Left).Services.ReceiveAsync("dh", Token));
    }

    [Fact]
    public async Task A_peer_that_asks_unknown_services_and_reads_no_answer_costs_a_bounded_amount()
    {
        // The refusals do not get out: the bodies that asked for them must keep the window shut.
        var limits = new StationLimits { Window = 1000, OutboxMessages = 4 };
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(limits, window: 0);
        await using (peer)
        {
            for (ulong id = 1; id <= 10; id++)
            {
                await peer.SendAsync(Wire.Service(id, "x", new byte[100]));
                await peer.SendAsync(Wire.Ping(id));
                (FrameType type, byte flags, byte[] body) ack;
                do
                {
                    ack = await peer.ReadFrameAsync(withAcks: true);
                }
                while (ack.type != FrameType.Ack || BinaryPrimitives.ReadUInt64BigEndian(ack.body) < id);

                Assert.InRange(BinaryPrimitives.ReadUInt64BigEndian(ack.body.AsSpan(8)), 0ul, 400ul);
            }

            await peer.SendAsync(Wire.Service(11, "x", new byte[1000]));
            await peer.SendAsync(Wire.Service(12, "x", new byte[100]));
            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }

    [Fact]
    public async Task Service_messages_without_bodies_cannot_fill_the_memory()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            ((SecureSession)session).Services.SwitchOn("idle");
            string value = new('x', 60_000);
            ulong id = 0;
            try
            {
                while (id < 4000 && session.State == StationSessionState.Open)
                {
                    await peer.SendAsync(Wire.Message(++id, 4, [], headers: [("service", "idle"), ("h", value)]));
                }
            }
            catch (IOException)
            {
            }

            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }
}
