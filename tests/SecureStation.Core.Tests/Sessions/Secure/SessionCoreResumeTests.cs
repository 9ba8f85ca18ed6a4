using SecureStation.Core.Framing;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions.Secure;

/// <summary>A connection comes and goes, the core stays; and what has to be durable first, where there is state to keep.</summary>
public class SessionCoreResumeTests
{
    [Fact]
    public void A_session_goes_on_after_what_the_peer_has()
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Send();
        test.Send();
        test.Send();
        test.Plan();
        test.Hear(ControlFrame.Ack(1, 0));
        test.Core.OnEndOfStream(new IOException("reset"), test.Now);
        Assert.Equal(["Delivered 1", "Detached Truncated"], test.Events());
        Assert.Equal(SessionPhase.Detached, test.Core.Phase);
        Assert.Empty(test.Plan());
        Assert.Equal(4ul, test.Send());

        test.Core.Attach(test.PeerWelcome, peerHas: 2, isResumable: true, test.Now);
        Assert.Equal(["Delivered 2"], test.Events());
        Assert.Equal(["Ack 0 0", "Message 3", "Message 4"], test.Plan());
        Assert.Equal(4ul, test.Core.Sending.HighestSentId);
        Assert.Equal(40, test.Core.Sending.BytesSent);
    }

    [Fact]
    public void The_window_goes_on_where_it_was()
    {
        var test = new CoreUnderTest(window: 100, isResumable: true);
        test.Send(60);
        test.Send(60);
        test.Send(60);
        Assert.Equal(["Message 1", "Message 2"], test.Plan());
        test.Core.Detach(test.Now);
        test.Core.Attach(test.PeerWelcome, peerHas: 1, isResumable: true, test.Now);
        Assert.Equal(["Ack 0 0", "Message 2"], test.Plan());
        test.Hear(ControlFrame.Ack(2, 60));
        Assert.Equal(["Message 3"], test.Plan());
    }

    [Fact]
    public void A_half_message_begins_anew()
    {
        var test = new CoreUnderTest(window: 1 << 30, isResumable: true);
        test.Send(300_000);
        test.Plan();
        test.Core.Detach(test.Now);
        test.Core.Attach(test.PeerWelcome, 0, isResumable: true, test.Now);
        Assert.Equal(["Ack 0 0", "Message 1: 131053 from 0", "Message 1: 131072 from 131053"], test.Plan());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void A_peer_that_has_what_it_cannot_have_is_refused_and_the_session_stays(ulong peerHas)
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Send();
        test.Send();
        test.Send();
        test.Core.Detach(test.Now);
        test.Core.Attach(test.PeerWelcome, 0, isResumable: true, test.Now);
        test.Plan();
        test.Hear(ControlFrame.Ack(1, 0));
        test.Core.Detach(test.Now);
        Assert.Equal(StationFault.ProtocolError, Assert.Throws<StationException>(() => test.Core.Attach(test.PeerWelcome, peerHas, true, test.Now)).Fault);
        Assert.Equal(SessionPhase.Detached, test.Core.Phase);
        test.Core.Attach(test.PeerWelcome, 3, isResumable: true, test.Now);
        Assert.Equal(["Ack 0 0"], test.Plan());
    }

    [Fact]
    public void Who_has_sent_Close_sends_it_again_on_the_next_connection()
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Core.Close(StationReason.Closed, dropQueue: false, test.Now);
        Assert.Equal(["Close Closed 0"], test.Plan());
        test.Core.OnEndOfStream(new IOException("reset"), test.Now);
        Assert.Equal(["Detached Truncated"], test.Events());
        test.Core.Attach(test.PeerWelcome, 0, isResumable: true, test.Now);
        Assert.Equal(SessionPhase.Closing, test.Core.Phase);
        Assert.Equal(["Ack 0 0", "Close Closed 0"], test.Plan());
        test.Hear(ControlFrame.Close(StationReason.Closed, 0));
        test.Core.OnEndOfStream(null, test.Now);
        Assert.Equal(["Ended SessionClosed"], test.Events());
    }

    [Fact]
    public void A_close_is_bounded_without_a_connection_too()
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Core.Detach(test.Now);
        test.Core.Close(StationReason.Closed, dropQueue: false, test.Now);
        test.Advance(5000);
        Assert.Equal(["Ended SessionClosed"], test.Events());
    }

    [Fact]
    public void Of_a_session_that_is_lost_each_message_is_delivered_unknown_or_undelivered()
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Send();
        test.Send();
        test.Plan();
        test.Hear(ControlFrame.Ack(1, 0));
        test.Core.Detach(test.Now);
        test.Send();
        test.Core.Abort(new StationException(StationFault.SessionLost, "lost"));
        Assert.True(test.Core.IsDelivered(1));
        Assert.Equal(StationFault.Unknown, Assert.Throws<StationException>(() => test.Core.IsDelivered(2)).Fault);
        Assert.Equal(StationFault.Undelivered, Assert.Throws<StationException>(() => test.Core.IsDelivered(3)).Fault);
    }

    [Fact]
    public void Of_a_session_that_the_peer_has_ended_nothing_is_unknown()
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Send();
        test.Send();
        test.Plan();
        test.Core.Detach(test.Now);
        test.Core.EndAfter(1);
        Assert.True(test.Core.IsDelivered(1));
        Assert.Equal(StationFault.Undelivered, Assert.Throws<StationException>(() => test.Core.IsDelivered(2)).Fault);
    }

    [Fact]
    public void What_waits_and_is_larger_than_the_peer_takes_now_gives_its_place_to_an_empty_message()
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Core.Detach(test.Now);
        test.Send(500);
        test.Send(10);
        test.Core.Attach(test.PeerWelcome with { MaxMessage = 100 }, 0, isResumable: true, test.Now);
        Assert.Equal(["Ack 0 0", "Message 1", "Message 2"], test.Plan());
        Assert.Equal(10, test.Core.Sending.BytesSent);
        test.Hear(ControlFrame.Ack(2, 10));
        Assert.Equal(StationFault.MessageTooLarge, Assert.Throws<StationException>(() => test.Core.IsDelivered(1)).Fault);
        Assert.True(test.Core.IsDelivered(2));
        Assert.Equal(SessionPhase.Open, test.Core.Phase);
    }

    [Fact]
    public void Signs_of_life_keys_and_Pongs_belong_to_the_connection()
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Hear(ControlFrame.Ping(1));
        test.Core.RequestRekey(askPeer: true);
        test.Core.Detach(test.Now);
        Assert.Equal(TimeSpan.MaxValue, test.Core.NextTimer);
        test.Advance(80_000);
        test.Core.Attach(test.PeerWelcome, 0, isResumable: true, test.Now);
        Assert.Equal(["Ack 0 0"], test.Plan());
        test.Advance(20_000);
        Assert.Empty(test.Events());
        Assert.Equal(SessionPhase.Open, test.Core.Phase);
    }

    [Theory]
    [InlineData(StationFault.DecryptionFailed, "Detached DecryptionFailed")]
    [InlineData(StationFault.ProtocolError, "Ended ProtocolError")]
    public void A_message_that_does_not_decrypt_is_a_cut_and_a_broken_rule_is_the_end(StationFault fault, string happened)
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Core.OnFailure(new StationException(fault, "wrong"), test.Now);
        test.Plan();
        Assert.Equal([happened], test.Events());
    }

    [Fact]
    public void A_silent_connection_is_a_cut()
    {
        var test = new CoreUnderTest(isResumable: true);
        test.Advance(90_000);
        Assert.Equal(["Detached Timeout"], test.Events());
    }

    [Fact]
    public void No_message_goes_out_before_it_is_durable()
    {
        var test = new CoreUnderTest(isDurable: true);
        test.Send();
        test.Send();
        Assert.Empty(test.Plan());
        test.Core.Stored(1);
        Assert.Equal(["Message 1"], test.Plan());
        test.Core.Close(StationReason.Closed, dropQueue: false, test.Now);
        Assert.Empty(test.Plan());
        test.Core.Stored(2);
        Assert.Equal(["Message 2", "Close Closed 0"], test.Plan());
    }

    [Fact]
    public void Nothing_arrives_or_is_acknowledged_before_it_is_durable()
    {
        var test = new CoreUnderTest(isDurable: true);
        test.Receive(1);
        test.Hear(ControlFrame.Ping(7));
        test.Receive(2);
        test.Advance(10);
        Assert.Empty(test.Events());
        Assert.Empty(test.Plan());
        test.Core.Kept(1, test.Now);
        Assert.Equal(["Arrived 1"], test.Events());
        Assert.Equal(["Ack 1 0", "Pong 7"], test.Plan());
        test.Core.Kept(2, test.Now);
        test.Advance(2);
        Assert.Equal(["Ack 2 0"], test.Plan());
    }

    [Fact]
    public void Close_waits_for_what_came_in_to_become_durable_but_not_for_ever()
    {
        var test = new CoreUnderTest(isDurable: true);
        test.Receive(1);
        test.Receive(2);
        test.Hear(ControlFrame.Close(StationReason.Closed, 0));
        Assert.Empty(test.Plan());
        test.Core.Kept(1, test.Now);
        Assert.Empty(test.Plan());
        test.Advance(4000);
        Assert.Equal(["Ack 1 0", "Close Closed 1"], test.Plan());
        test.Core.Kept(2, test.Now);
        Assert.Equal(["Arrived 1"], test.Events());
    }

    [Fact]
    public void What_is_not_durable_when_a_session_goes_on_is_forgotten_and_comes_again()
    {
        var test = new CoreUnderTest(isDurable: true, isResumable: true);
        test.Receive(1);
        test.Receive(2);
        test.Core.Kept(1, test.Now);
        test.Core.Detach(test.Now);
        Assert.Equal(1ul, test.Core.LastIdForWelcome());
        test.Core.Kept(2, test.Now);
        Assert.Equal(["Arrived 1"], test.Events());
        test.Core.Attach(test.PeerWelcome, 0, isResumable: true, test.Now);
        Assert.Equal(["Ack 1 0"], test.Plan());
        test.Receive(2);
        test.Core.Kept(2, test.Now);
        Assert.Equal(["Arrived 2"], test.Events());
        Assert.Equal(20, test.Core.Receiving.BytesReceived);
    }
}
