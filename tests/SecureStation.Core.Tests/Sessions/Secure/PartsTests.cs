using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;

namespace SecureStation.Core.Tests.Sessions.Secure;

/// <summary>The parts of a session's core that hold an idea of their own.</summary>
public class PartsTests
{
    [Fact]
    public void A_store_gives_back_by_id_what_was_appended_also_after_growing_and_forgetting()
    {
        var store = new MemoryOutgoingStore();
        ulong appended = 0;
        ulong forgotten = 0;
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            for (int i = random.Next(40); i > 0; i--)
            {
                store.Append(new OutgoingEntry(OutgoingMessage.Bytes(new byte[(int)(++appended % 50)]), appended, 19));
            }

            for (ulong id = forgotten + 1; id <= appended; id++)
            {
                OutgoingEntry entry = store.Read(id);
                Assert.Equal((id, (int)(id % 50)), (entry.Id, entry.BodyLength));
            }

            forgotten += (ulong)random.Next((int)(appended - forgotten) + 1);
            store.Forget(forgotten);
            Assert.Throws<InvalidOperationException>(() => store.Read(forgotten));
            Assert.Throws<InvalidOperationException>(() => store.Read(appended + 1));
        }
    }

    [Fact]
    public void A_store_refuses_a_gap()
    {
        var store = new MemoryOutgoingStore();
        store.Append(new OutgoingEntry(OutgoingMessage.Bytes(default), 1, 19));
        Assert.Throws<InvalidOperationException>(() => store.Append(new OutgoingEntry(OutgoingMessage.Bytes(default), 3, 19)));
    }

    [Fact]
    public void Headers_take_room_as_the_strings_that_they_are()
    {
        var message = new OutgoingMessage(StationMessageKind.Bytes, new byte[100]) { Headers = [new("name", new string('x', 1000))] };
        Assert.Equal(100 + (2 * (4 + 1004)), OutgoingEntry.RoomOf(message, MessageCodec.Measure(message.Headers)));
    }

    [Fact]
    public void Room_wakes_whoever_was_turned_away_once_and_only_when_there_is_plenty()
    {
        var room = new SendRoom(100, 10);
        Assert.True(room.TryTake(60));
        Assert.True(room.TryTake(40));
        Assert.False(room.TakeWake());
        Assert.False(room.TryTake(1));
        room.Free(40);
        Assert.False(room.TakeWake());
        room.Free(60);
        Assert.True(room.TakeWake());
        Assert.False(room.TakeWake());
    }

    [Theory]
    [InlineData(0, 19, new[] { 0 })]
    [InlineData(131_053, 19, new[] { 131_053 })]
    [InlineData(131_054, 19, new[] { 131_053, 1 })]
    [InlineData(300_000, 65_555, new[] { 65_517, 131_072, 103_411 })]
    public void A_message_is_cut_into_frames_of_128_KiB(int size, int headSize, int[] lengths)
    {
        var fragments = new Fragmenter();
        fragments.Begin(new OutgoingEntry(OutgoingMessage.Bytes(new byte[size]), 1, headSize));
        var pieces = new List<MessageFragment>();
        while (fragments.IsInMessage)
        {
            Assert.False(fragments.TryNext(FrameHeader.Size + (pieces.Count == 0 ? headSize : 0) + lengths[pieces.Count] - 1, out _));
            Assert.True(fragments.TryNext(FrameWriter.BatchSize - FrameWriter.DirectOverhead, out MessageFragment piece));
            pieces.Add(piece);
        }

        Assert.Equal(lengths, pieces.Select(static piece => piece.Length));
        Assert.Equal(headSize, pieces[0].HeadSize);
        Assert.All(pieces.Skip(1), static piece => Assert.Equal(0, piece.HeadSize));
        Assert.Equal(pieces.Count, 1 + pieces.FindIndex(static piece => piece.IsLast));
    }

    [Fact]
    public void A_window_counts_whole_bodies_and_lets_one_message_reach_beyond_it()
    {
        var window = new SendWindow();
        window.Attach(100);
        window.Begin(99, 200);
        Assert.True(window.IsOpen);
        window.Begin(1000, 200);
        Assert.False(window.IsOpen);
        window.End(1000);
        window.Acknowledge(2, 999);
        Assert.False(window.IsOpen);
        window.Acknowledge(2, 1000);
        Assert.True(window.IsOpen);
    }

    [Fact]
    public void A_window_shuts_at_32_MiB_of_what_messages_cost_the_peer_beside_their_bodies()
    {
        var window = new SendWindow();
        window.Attach(100_000);
        for (int i = 0; i < 511; i++)
        {
            window.Begin(1, 65_536);
            window.End(1);
        }

        Assert.True(window.IsOpen);
        window.Begin(1, 65_536);
        window.End(1);
        Assert.False(window.IsOpen);
        window.Acknowledge(512, 1);
        Assert.True(window.IsOpen);

        // A connection begins anew after what the peer has, and so does what it was sent.
        window.Begin(1, 65_536);
        for (int i = 0; i < 500; i++)
        {
            window.Deliver(1, 65_536);
        }

        window.Attach(100_000);
        for (int i = 0; i < 12; i++)
        {
            Assert.True(window.IsOpen);
            window.Begin(1, 65_536);
        }

        Assert.True(window.IsOpen);
        window.Begin(1, 65_536);
        Assert.False(window.IsOpen);
    }

    [Theory]
    [MemberData(nameof(Controls))]
    public void A_control_frame_reads_as_it_was_written(object frame)
    {
        var control = (ControlFrame)frame;
        Span<byte> bytes = new byte[FrameHeader.Size + ControlFrame.MaxBodyLength];
        int length = control.Write(bytes);
        FrameHeader header = FrameHeader.Read(bytes);
        Assert.Equal(length, FrameHeader.Size + header.Length);
        Assert.Equal(control, ControlFrame.Read(header.Type, header.Flags, bytes[FrameHeader.Size..length]));
    }

    public static TheoryData<object> Controls() =>
    [
        ControlFrame.Ack(ulong.MaxValue, 17), ControlFrame.Ping(3), ControlFrame.Pong(ulong.MaxValue),
        ControlFrame.Close(StationReason.MessageTooLarge, 12), ControlFrame.Rekey(true), ControlFrame.Rekey(false),
    ];

    [Fact]
    public void A_Welcome_reads_as_it_was_written()
    {
        var welcome = new WelcomeFrame("000102030405060708090a0b0c0d0e0f", 7, 16, 32);
        Span<byte> bytes = new byte[FrameHeader.Size + WelcomeFrame.BodyLength];
        Assert.Equal(bytes.Length, welcome.Write(bytes));
        Assert.Equal(new FrameHeader(FrameType.Welcome, 0, WelcomeFrame.BodyLength), FrameHeader.Read(bytes));
        Assert.Equal(welcome, WelcomeFrame.Read(bytes[FrameHeader.Size..]));
    }
}
