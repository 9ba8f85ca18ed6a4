using SecureStation.Core.Framing;

namespace SecureStation.Core.Tests.Sessions.Secure;

public class SessionCoreReceivingTests
{
    [Fact]
    public void Messages_share_an_Ack_within_2_ms()
    {
        var test = new CoreUnderTest();
        test.Receive(1);
        test.Receive(2);
        Assert.Equal(["Arrived 1", "Arrived 2"], test.Events());
        Assert.Empty(test.Plan());
        Assert.Equal(TimeSpan.FromMilliseconds(2), test.Core.NextTimer);
        test.Advance(2);
        Assert.Equal(["Ack 2 0"], test.Plan());
        Assert.Equal(TimeSpan.FromSeconds(30), test.Core.NextTimer);
    }

    [Fact]
    public void An_Ack_goes_with_a_message_that_goes_anyway()
    {
        var test = new CoreUnderTest();
        test.Receive(1);
        test.Send();
        Assert.Equal(["Ack 1 0", "Message 1"], test.Plan());
        test.Send();
        Assert.Equal(["Message 2"], test.Plan());
    }

    [Fact]
    public void Half_of_the_window_is_acknowledged_at_once()
    {
        var test = new CoreUnderTest(new StationLimits { Window = 100 });
        test.Receive(1, 60);
        test.Core.Credit(49, 0, test.Now);
        Assert.Empty(test.Plan());
        test.Core.Credit(1, 0, test.Now);
        Assert.Equal(["Ack 1 50"], test.Plan());
    }

    [Fact]
    public void A_thousand_messages_are_acknowledged_at_once()
    {
        var test = new CoreUnderTest();
        for (ulong id = 1; id < 1024; id++)
        {
            test.Receive(id, 0);
        }

        Assert.Empty(test.Plan());
        test.Receive(1024, 0);
        Assert.Equal(["Ack 1024 0"], test.Plan());
    }

    [Fact]
    public void What_came_before_a_Ping_is_acknowledged_before_its_Pong()
    {
        var test = new CoreUnderTest();
        test.Receive(1);
        test.Hear(ControlFrame.Ping(5));
        test.Hear(ControlFrame.Ping(6));
        Assert.Equal(["Ack 1 0", "Pong 5", "Pong 6"], test.Plan());
    }

    [Fact]
    public void Where_messages_without_bodies_fill_the_memory_nothing_more_is_acknowledged_until_some_are_taken()
    {
        const long Part = 20 * 1024 * 1024;
        var test = new CoreUnderTest();
        test.Receive(1, 0, Part);
        test.Advance(2);
        Assert.Equal(["Ack 1 0"], test.Plan());
        test.Receive(2, 0, Part);
        test.Advance(2);
        Assert.Empty(test.Plan());

        // The peer asks: it hears that this side lives, and no more.
        test.Hear(ControlFrame.Ping(5));
        Assert.Equal(["Ack 1 0"], test.Plan());
        test.Core.Credit(0, Part, test.Now);
        Assert.Equal(["Ack 2 0", "Pong 5"], test.Plan());
    }

    [Fact]
    public void A_Welcome_acknowledges_also_what_no_Ack_told_of()
    {
        const long Much = 50 * 1024 * 1024;
        var test = new CoreUnderTest(isResumable: true);
        test.Receive(1, 0, Much);
        test.Core.Detach(test.Now);
        Assert.Equal(1ul, test.Core.LastIdForWelcome());
        test.Core.Attach(test.PeerWelcome, 0, isResumable: true, test.Now);
        Assert.Equal(["Ack 1 0"], test.Plan());
    }

    [Fact]
    public void Pings_whose_Pongs_nobody_reads_end_the_session()
    {
        var test = new CoreUnderTest();
        for (ulong i = 0; i < 1024; i++)
        {
            test.Hear(ControlFrame.Ping(i));
        }

        Assert.Equal(StationFault.ProtocolError, Assert.Throws<StationException>(() => test.Hear(ControlFrame.Ping(0))).Fault);
    }

    [Fact]
    public void What_messages_cost_beside_their_bodies_is_bounded_and_counted_back()
    {
        var test = new CoreUnderTest();
        test.Receive(1, 0, overhead: 60 * 1024 * 1024);
        test.Core.Credit(0, 60 * 1024 * 1024, test.Now);
        test.Receive(2, 0, overhead: 60 * 1024 * 1024);
        Assert.Equal(StationFault.ProtocolError, Assert.Throws<StationException>(() => test.Receive(3, 0, overhead: 5 * 1024 * 1024)).Fault);
    }

    [Fact]
    public void Silence_is_answered_by_a_Ping_each_30_s_and_ends_at_90()
    {
        var test = new CoreUnderTest();
        Assert.Equal(TimeSpan.FromSeconds(30), test.Core.NextTimer);
        test.Advance(29_999);
        Assert.Empty(test.Plan());
        test.Advance(1);
        Assert.Equal(["Ping 0"], test.Plan());
        test.Advance(30_000);
        Assert.Equal(["Ping 0"], test.Plan());
        test.Advance(29_999);
        Assert.Empty(test.Events());
        test.Advance(1);
        Assert.Equal(["Ended Timeout"], test.Events());
    }

    [Fact]
    public void A_transport_message_that_decrypts_is_a_sign_of_life()
    {
        var test = new CoreUnderTest();
        test.Advance(89_999);
        Assert.Equal(["Ping 0"], test.Plan());
        test.Core.Heard(test.Now);
        test.Advance(29_999);
        Assert.Empty(test.Plan());
        test.Advance(60_000);
        Assert.Equal(["Ping 0"], test.Plan());
        Assert.Empty(test.Events());
    }
}
