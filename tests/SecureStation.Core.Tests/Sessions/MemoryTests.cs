using SecureStation.Core.Connecting;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>
/// A peer cannot make a station hold more than is said, by whatever its messages are made of; and an honest one is never cut off for
/// what it sends while its reader is slow.
/// </summary>
[Collection(nameof(Alone))]
public class MemoryTests
{
    private static readonly (string Name, string Value)[] s_manyHeaders = [.. Enumerable.Repeat(("h", "v"), 64)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(64, 0)]
    [InlineData(64, 1)]
    [InlineData(3, 20_000)]
    public void A_message_is_counted_as_what_its_objects_take(int headers, int length)
    {
        const int Count = 100;
        byte[] frame = HeadOf(headers, length);
        var messages = new Queue<StationMessage>();
        Receive(frame, messages, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Receive(frame, messages, Count);
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;

        // The queue doubles as it grows: its old arrays are garbage that was allocated too.
        Assert.InRange(MessageCost.OfReceived(messages.Peek()), each - 32, (2 * each) + 200);
        Assert.True(MessageCost.OfSent(headers, frame.Length) >= MessageCost.OfReceived(messages.Peek()));
    }

    [Fact]
    public async Task Messages_of_many_small_headers_cannot_fill_the_memory()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await SendUntilCutAsync(peer, session, 20_000, static id => Wire.Message(id, 2, [], headers: s_manyHeaders));
            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }

    [Fact]
    public async Task Questions_to_unknown_services_whose_refusals_do_not_get_out_cost_what_is_said()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(new StationLimits { OutboxMessages = 4 }, window: 0);
        await using (peer)
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            await SendUntilCutAsync(peer, session, 300_000, static id => Wire.Service(id, "x"));
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100 * 1024 * 1024);
            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }

    [Fact]
    public async Task Answers_that_nobody_waits_for_are_not_kept_while_a_question_waits_for_room()
    {
        const int Size = 8 * 1024 * 1024;
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(new StationLimits { OutboxMessages = 1 }, window: 0);
        await using (peer)
        {
            await session.SendAsync(OutgoingMessage.Text("takes the only place"), Token);
            using var cancellation = new CancellationTokenSource();
            Task asking = ((SecureSession)session).Services.RequestAsync(OutgoingMessage.Service("s", default), cancellation.Token);
            Task answering = AnswerAsync();
            long before = GC.GetTotalMemory(forceFullCollection: true);
            await answering;
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 96 * 1024 * 1024);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }

        async Task AnswerAsync()
        {
            byte[] half = new byte[32_000];
            for (ulong id = 1; id <= 17; id++)
            {
                await peer.SendAsync(Wire.Message(id, 4, half, flags: 1, inReplyTo: 100 + id));
                for (int sent = half.Length; sent < Size; sent += half.Length)
                {
                    await peer.SendAsync(Wire.More(half, moreFollows: sent + half.Length < Size));
                }

                // As an honest sender would: on from here when the window is open again.
                await peer.SendAsync(Wire.Ping(id));
                Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Type);
            }

            await peer.SendAsync(Wire.Text(18, "all are in"));
            Assert.Equal("all are in", (await session.ReceiveAsync(Token)).Body);
        }
    }

    [Theory]
    [InlineData(16 * 1024, 0)]
    [InlineData(1, 60_000)]
    public async Task A_peer_that_never_reads_makes_the_sender_hold_what_is_said(int body, int header)
    {
        StuckTransport? stuck = null;
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(window: uint.MaxValue / 2, wrap: inner => stuck = new StuckTransport(inner));
        await using (peer)
        {
            stuck!.Stick();
            var message = new OutgoingMessage(StationMessageKind.Bytes, new byte[body]) { Headers = header == 0 ? [] : [new("h", new string('x', header))] };
            long held = 0;
            while (true)
            {
                ValueTask<ulong> sending = session.SendAsync(message, Token);
                if (!sending.IsCompleted)
                {
                    _ = sending.AsTask();
                    break;
                }

                await sending;
                held += body + (2 * header);
            }

            Assert.InRange(held, 512 * 1024, StationLimits.Default.OutboxBytes);
        }
    }

    [Theory]
    [InlineData(400_000, 0)]
    [InlineData(1_500, 50_000)]
    public async Task An_honest_sender_waits_for_a_slow_reader_and_loses_nothing(int count, int header)
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        var message = new OutgoingMessage(StationMessageKind.Bytes, new byte[1]) { Headers = header == 0 ? [] : [new("h", new string('x', header))] };
        Task sending = Task.Run(
            async () =>
            {
                for (int i = 0; i < count; i++)
                {
                    await pair.Left.SendAsync(message, Token);
                }
            },
            Token);

        // Until the sender waits: what it sends goes on to nobody.
        long sent;
        do
        {
            sent = pair.Left.MessagesSent;
            await Task.Delay(300, Token);
        }
        while (pair.Left.MessagesSent != sent);

        for (int i = 1; i <= count; i++)
        {
            Assert.Equal((ulong)i, (await pair.Right.ReceiveAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token)).Id);
        }

        await sending;
    }

    // Many to a transport message, so that the test is about memory and not about encryption.
    private static async Task SendUntilCutAsync(FakePeer peer, StationSession session, ulong count, Func<ulong, byte[]> message)
    {
        try
        {
            var frames = new List<byte>();
            for (ulong id = 1; id <= count && session.State == StationSessionState.Open; id++)
            {
                frames.AddRange(message(id));
                if (frames.Count > 60_000 || id == count)
                {
                    await peer.SendAsync(frames.ToArray());
                    frames.Clear();
                }
            }
        }
        catch (IOException)
        {
            // Cut off.
        }
    }

    private static byte[] HeadOf(int headers, int length) => Wire.Message(
        1, 2, [], headers: [.. Enumerable.Range(0, headers).Select(i => (new string('n', length == 0 ? 0 : 1), new string('v', length)))])[6..];

    private static void Receive(byte[] frame, Queue<StationMessage> into, int count)
    {
        for (int i = 0; i < count; i++)
        {
            MessageStart start = MessageCodec.Read(frame);
            into.Enqueue(new StationMessage(null!, start.Id, start.InReplyTo, start.Kind, start.Headers, new byte[1]));
        }
    }
}
