using System.Buffers.Binary;
using Microsoft.Extensions.Time.Testing;
using SecureStation.Core.Connecting;
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

            // What could go out would go before the second Pong.
            for (ulong token = 1; token <= 2; token++)
            {
                await peer.SendAsync(Wire.Ping(token));
                Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Type);
            }

            await peer.SendAsync(Wire.Ack(2, 60));
            Assert.Equal(3ul, MessageId(await peer.ReadFrameAsync()));
        }
    }

    [Fact]
    public async Task Sending_to_a_peer_that_takes_nothing_waits_can_be_cancelled_and_closed_in_time()
    {
        var time = new FakeTimeProvider();
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(new StationLimits { OutboxBytes = 1000 }, window: 100, time: time);
        await using (peer)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
            Task sending = await FillAsync(session, size: 50, cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
            Assert.Equal(StationSessionState.Open, session.State);

            Task stillSending = await FillAsync(session, size: 50, Token);
            await CloseAsync(session, time);
            await Expect.FaultAsync(StationFault.SessionClosed, stillSending);
            Assert.True(session.MessagesUndelivered > 0);
        }
    }

    [Fact]
    public async Task Closing_is_bounded_when_the_peer_does_not_even_read()
    {
        // The transport itself is full: not one byte of a Close goes through.
        var time = new FakeTimeProvider();
        StuckTransport? stuck = null;
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(
            window: 1 << 30, wrap: inner => stuck = new StuckTransport(inner), time: time);
        await using (peer)
        {
            stuck!.Stick();
            Task sending = await FillAsync(session, size: 256 * 1024, Token);
            await CloseAsync(session, time);
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
        Task sending = await FillAsync(pair.Left, size: 1000, cancellation.Token);
        StationMessage first = await pair.Right.ReceiveAsync(Token);

        // The script works on the first message; meanwhile both directions live.
        for (int i = 0; i < 5; i++)
        {
            Assert.InRange(pair.Right.InboxCount * 1000, 0, limits.Window + 1000);
            ulong id = await pair.Right.SendAsync(OutgoingMessage.Text("still here"), Token);
            await pair.Right.WaitDeliveredAsync(id, Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        }

        Assert.Equal(1ul, first.Id);
        sending = SendForEverAsync(pair.Left, sending, 1000, cancellation.Token);
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

    [Fact]
    public async Task A_sender_of_messages_without_bodies_waits_until_they_are_taken()
    {
        // 60 KB of headers each, which no window counts: more in all than a station holds.
        const int Messages = 1000;
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        var message = new OutgoingMessage(StationMessageKind.Bytes, default) { Headers = [new("h", new string('x', 60_000))] };
        Task sending = SendAllAsync();
        long before = -1;
        while (pair.Right.MessagesReceived != before)
        {
            before = pair.Right.MessagesReceived;
            await Task.WhenAny(sending, Task.Delay(500, Token));
        }

        Assert.False(sending.IsCompleted, $"{before} were sent. {pair.Left.EndReason}");
        for (ulong id = 1; id <= Messages; id++)
        {
            Assert.Equal(id, (await pair.Right.ReceiveAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token)).Id);
        }

        await sending.WaitAsync(TimeSpan.FromSeconds(60), Token);

        async Task SendAllAsync()
        {
            for (int i = 0; i < Messages; i++)
            {
                await pair.Left.SendAsync(message, Token);
            }
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

    /// <summary>Sends until the session has no room; returns the one that waits.</summary>
    private static async Task<Task> FillAsync(StationSession session, int size, CancellationToken cancellationToken)
    {
        byte[] body = new byte[size];
        while (true)
        {
            ValueTask<ulong> sending = session.SendAsync(OutgoingMessage.Bytes(body), cancellationToken);
            if (!sending.IsCompleted)
            {
                return sending.AsTask();
            }

            await sending;
        }
    }

    /// <summary>Closes a session whose peer does nothing, and lets the time for that pass.</summary>
    private static async Task CloseAsync(StationSession session, FakeTimeProvider time)
    {
        Task closing = session.CloseAsync(Token);
        time.Advance(0.8 * StationLimits.Default.CloseTimeout);
        Assert.False(closing.IsCompleted);
        time.Advance(0.2 * StationLimits.Default.CloseTimeout);
        await closing.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }

    private static async Task SendForEverAsync(StationSession session, Task first, int size, CancellationToken cancellationToken)
    {
        byte[] body = new byte[size];
        await first;
        while (true)
        {
            await session.SendAsync(OutgoingMessage.Bytes(body), cancellationToken);
        }
    }
}
