using SecureStation.Core.Framing;

namespace SecureStation.Core.Tests.Sessions.Secure;

public class SessionCoreSendingTests
{
    [Fact]
    public void A_sender_stops_at_the_peers_window_and_goes_on_when_an_Ack_opens_it()
    {
        var test = new CoreUnderTest(window: 100);
        test.Send(60);
        test.Send(60);
        test.Send(60);
        Assert.Equal(["Message 1", "Message 2"], test.Plan());
        Assert.Empty(test.Plan());
        test.Hear(ControlFrame.Ack(2, 0));
        Assert.Empty(test.Plan());
        test.Hear(ControlFrame.Ack(2, 60));
        Assert.Equal(["Message 3"], test.Plan());
    }

    [Fact]
    public void Whoever_sends_learns_the_id_before_any_frame_leaves()
    {
        var test = new CoreUnderTest();
        string[]? planned = null;
        ulong id = 0;
        Assert.Equal(1ul, test.Send(accepted: accepted =>
        {
            id = accepted;
            planned = test.PlanOnly();
        }));
        Assert.Equal(1ul, id);
        Assert.Empty(planned!);
        Assert.Equal(["Message 1"], test.Plan());
    }

    [Fact]
    public void A_message_is_kept_until_it_is_acknowledged_and_then_makes_room()
    {
        var test = new CoreUnderTest(new StationLimits { OutboxBytes = 700 });
        Assert.Equal(1ul, test.Send(400));
        Assert.Equal(0ul, test.Send(400));
        Assert.Equal(["Message 1"], test.Plan());
        Assert.Equal(0ul, test.Send(400));
        test.Hear(ControlFrame.Ack(1, 0));
        Assert.Equal(["Delivered 1", "RoomFreed"], test.Events());
        Assert.Equal(2ul, test.Send(400));
    }

    [Fact]
    public void One_message_always_fits_where_there_is_no_other()
    {
        var test = new CoreUnderTest(new StationLimits { OutboxBytes = 10 });
        Assert.Equal(1ul, test.Send(100_000));
        Assert.Equal(0ul, test.Send(0));
    }

    [Fact]
    public void The_number_of_messages_that_wait_is_bounded_too()
    {
        var test = new CoreUnderTest(new StationLimits { OutboxMessages = 2 });
        Assert.Equal([1ul, 2ul, 0ul], [test.Send(0), test.Send(0), test.Send(0)]);
    }

    [Fact]
    public void A_long_message_goes_in_pieces_with_room_for_control_frames_between()
    {
        var test = new CoreUnderTest(window: 1 << 30);
        test.Send(400_000);
        test.Send(5);
        string[] first = test.Plan();
        Assert.Equal(["Message 1: 131053 from 0", "Message 1: 131072 from 131053"], first);
        test.Hear(ControlFrame.Ping(7));
        Assert.Equal(["Ack 0 0", "Pong 7", "Message 1: 131072 from 262125", "Message 1: 6803 from 393197", "Message 2"], test.Plan());
    }

    [Fact]
    public void A_message_of_one_frame_is_never_cut_to_fit_a_batch()
    {
        var test = new CoreUnderTest(new StationLimits { OutboxBytes = 1 << 30 }, window: 1 << 30);
        for (int i = 0; i < 3; i++)
        {
            test.Send(100_000);
        }

        Assert.Equal(["Message 1", "Message 2"], test.Plan());
        Assert.Equal(["Message 3"], test.Plan());
    }

    [Fact]
    public void A_message_larger_than_the_peer_takes_is_refused()
    {
        var test = new CoreUnderTest(maxMessage: 100);
        Assert.Equal(StationFault.MessageTooLarge, Assert.Throws<StationException>(() => test.Send(101)).Fault);
        Assert.Equal(1ul, test.Send(100));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, 11)]
    public void An_Ack_of_what_was_not_sent_is_a_ProtocolError(ulong id, long taken)
    {
        var test = new CoreUnderTest();
        test.Send(10);
        test.Plan();
        test.Send(10);
        Assert.Equal(StationFault.ProtocolError, Assert.Throws<StationException>(() => test.Hear(ControlFrame.Ack(id, taken))).Fault);
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 10)]
    public void An_Ack_that_goes_back_is_a_ProtocolError(ulong id, long taken)
    {
        var test = new CoreUnderTest();
        test.Send(10);
        test.Send(10);
        test.Plan();
        test.Hear(ControlFrame.Ack(2, 20));
        Assert.Equal(StationFault.ProtocolError, Assert.Throws<StationException>(() => test.Hear(ControlFrame.Ack(id, taken))).Fault);
    }

    [Fact]
    public void Who_waits_for_a_delivery_asks_once_and_after_all_that_was_accepted()
    {
        var test = new CoreUnderTest();
        test.Send();
        test.Send();
        Assert.False(test.Core.IsDelivered(1));
        Assert.Equal(["Message 1", "Message 2", "Ping 2"], test.Plan());
        Assert.False(test.Core.IsDelivered(2));
        Assert.Empty(test.Plan());
        test.Hear(ControlFrame.Ack(2, 0));
        Assert.True(test.Core.IsDelivered(2));
        Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => test.Core.IsDelivered(3)).Fault);
    }

    [Fact]
    public void A_key_change_comes_before_all_else_and_asks_the_peer_only_where_it_should()
    {
        var test = new CoreUnderTest();
        test.Send();
        test.Core.RequestRekey(askPeer: true);
        Assert.Equal(["Rekey, you too", "Message 1"], test.Plan());
        test.Hear(ControlFrame.Rekey(askPeer: true));
        Assert.Equal(["Rekey"], test.Plan());
        test.Hear(ControlFrame.Rekey(askPeer: false));
        Assert.Empty(test.Plan());
    }

    [Fact]
    public void A_key_is_changed_after_so_many_transport_messages()
    {
        var test = new CoreUnderTest(new StationLimits { RekeyAfterMessages = 2 });
        test.Send();
        Assert.Equal(["Message 1"], test.Plan());
        test.Send();
        Assert.Equal(["Message 2"], test.Plan());
        Assert.Equal(["Rekey"], test.Plan());
        Assert.Empty(test.Plan());
    }

    [Fact]
    public void A_key_that_is_old_is_changed_with_the_next_message_and_not_before()
    {
        var test = new CoreUnderTest(new StationLimits { DeadAfter = TimeSpan.MaxValue / 2, PingAfter = TimeSpan.MaxValue / 2 });
        test.Advance(3_600_000);
        Assert.Empty(test.Plan());
        test.Send();
        Assert.Equal(["Rekey", "Message 1"], test.Plan());
    }
}
