using System.Buffers.Binary;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>Who is slow holds up nobody but whoever sends to it, and costs a bounded amount.</summary>
public class WindowTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_peer_that_ignores_the_window_is_cut_off()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(new StationLimits { Window = 100 });
        await using (peer)
        {
            await peer.SendAsync(Wire.Message(1, 2, new byte[99]), Wire.Message(2, 2, new byte[50]));
            Assert.Equal(2ul, await LastAckAsync(peer, 2));
            await peer.SendAsync(Wire.Message(3, 2, []));
            Assert.Equal(StationReason.ProtocolError, await peer.ReadCloseAsync());
            await Expect.EndAsync(StationFault.ProtocolError, session);
            Assert.Equal(2, session.MessagesReceived);
        }
    }

    [Fact]
    public async Task Taking_messages_opens_the_window_again()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(new StationLimits { Window = 100 });
        await using (peer)
        {
            for (ulong id = 1; id <= 5; id++)
            {
                await peer.SendAsync(Wire.Message(id, 2, new byte[100]));
                Assert.Equal(100, (await session.ReceiveAsync(Token)).Length);
            }
        }
    }

    [Fact]
    public async Task A_sender_stops_at_the_peers_window_and_goes_on_when_it_opens()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(window: 100);
        await using (peer)
        {
            for (int i = 0; i < 3; i++)
            {
                await session.SendAsync(OutgoingMessage.Bytes(new byte[60]), Token);
            }

            for (ulong id = 1; id <= 2; id++)
            {
                Assert.Equal(id, MessageId(await peer.ReadFrameAsync()));
            }

            Task<(FrameType, byte, byte[] Body)> third = peer.ReadFrameAsync();
            await Task.Delay(50, Token);
            Assert.False(third.IsCompleted);
            await peer.SendAsync(Wire.Ack(2, 60));
            Assert.Equal(3ul, MessageId(await third));
        }
    }

    [Fact]
    public async Task Sending_to_a_peer_that_takes_nothing_waits_can_be_cancelled_and_closed_in_time()
    {
        var limits = new StationLimits { OutboxBytes = 1000, CloseTimeout = TimeSpan.FromMilliseconds(400) };
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(limits, window: 100);
        await using (peer)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
            Task sending = SendForEverAsync(session, cancellation.Token);
            await Task.Delay(50, Token);
            Assert.False(sending.IsCompleted);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TimeSpan.FromSeconds(60), Token));
            Assert.Equal(StationSessionState.Open, session.State);

            Task stillSending = SendForEverAsync(session, Token);
            await session.CloseAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
            await Expect.FaultAsync(StationFault.SessionClosed, stillSending);
            Assert.True(session.MessagesUndelivered > 0);
        }
    }

    [Fact]
    public async Task Closing_is_bounded_when_the_peer_does_not_even_read()
    {
        // The transport itself is full: not one byte of a Close goes through.
        var limits = new StationLimits { CloseTimeout = TimeSpan.FromMilliseconds(400) };
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(limits, window: 1 << 30);
        await using (peer)
        {
            Task sending = SendForEverAsync(session, Token, size: 256 * 1024);
            await Task.Delay(50, Token);
            await session.CloseAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
            await Expect.FaultAsync(StationFault.SessionClosed, sending);
            Assert.Equal(StationSessionState.Closed, session.State);
        }
    }

    [Fact]
    public async Task A_slow_reader_bounds_what_its_peer_sends_and_answers_pings_meanwhile()
    {
        var limits = new StationLimits { Window = 10_000, OutboxBytes = 10_000 };
        await using StationLoopback pair = await StationLoopback.CreateAsync(limits: limits, cancellationToken: Token);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task sending = SendForEverAsync(pair.Left, cancellation.Token, size: 1000);
        StationMessage first = await pair.Right.ReceiveAsync(Token);

        // The script works on the first message; meanwhile both directions live.
        for (int i = 0; i < 5; i++)
        {
            await Task.Delay(20, Token);
            Assert.InRange(pair.Right.InboxCount * 1000, 0, limits.Window + 1000);
            ulong id = await pair.Right.SendAsync(OutgoingMessage.Text("still here"), Token);
            await pair.Right.WaitDeliveredAsync(id, Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        }

        Assert.Equal(1ul, first.Id);
        Assert.False(sending.IsCompleted);
        for (ulong id = 2; id <= 100; id++)
        {
            Assert.Equal(id, (await pair.Right.ReceiveAsync(Token)).Id);
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Messages_without_bodies_cannot_fill_the_memory()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            // 60 KB of headers each, which no window counts.
            string value = new('x', 60_000);
            Task<StationReason> closed = peer.ReadCloseAsync();
            ulong id = 0;
            while (!closed.IsCompleted && id < 5000)
            {
                try
                {
                    await peer.SendAsync(Wire.Message(++id, 2, [], headers: [("h", value)]));
                }
                catch (IOException)
                {
                    break;
                }
            }

            Assert.InRange(id, 100ul, 4000ul);
            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }

    private static ulong MessageId((FrameType Type, byte Flags, byte[] Body) frame)
    {
        Assert.Equal(FrameType.Message, frame.Type);
        return BinaryPrimitives.ReadUInt64BigEndian(frame.Body);
    }

    private static async Task<ulong> LastAckAsync(FakePeer peer, ulong wanted)
    {
        while (true)
        {
            (FrameType type, _, byte[] body) = await peer.ReadFrameAsync(withAcks: true);
            Assert.Equal(FrameType.Ack, type);
            ulong id = BinaryPrimitives.ReadUInt64BigEndian(body);
            if (id >= wanted)
            {
                return id;
            }
        }
    }

    private static async Task SendForEverAsync(StationSession session, CancellationToken cancellationToken, int size = 50)
    {
        byte[] body = new byte[size];
        while (true)
        {
            await session.SendAsync(OutgoingMessage.Bytes(body), cancellationToken);
        }
    }
}
