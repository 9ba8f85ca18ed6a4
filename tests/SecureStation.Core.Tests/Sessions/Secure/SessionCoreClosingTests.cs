using SecureStation.Core.Framing;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions.Secure;

public class SessionCoreClosingTests
{
    [Fact]
    public void Close_comes_after_what_was_accepted_and_refuses_what_comes_later()
    {
        var test = new CoreUnderTest();
        test.Send();
        test.Receive(1);
        test.Core.Close(StationReason.Closed, dropQueue: false, test.Now);
        Assert.Equal(StationFault.SessionClosed, Assert.Throws<StationException>(() => test.Send()).Fault);
        Assert.Equal(["Ack 1 0", "Message 1", "Close Closed 1"], test.Plan());
        Assert.Equal(SessionPhase.Closing, test.Core.Phase);
        test.Core.OnEndOfStream(null, test.Now);
        Assert.Equal(["Arrived 1", "Ended SessionClosed"], test.Events());
        Assert.Equal(SessionPhase.Ended, test.Core.Phase);
    }

    [Fact]
    public void Close_waits_for_the_window_four_seconds_and_goes_without_the_rest_then()
    {
        var test = new CoreUnderTest(window: 10);
        test.Send(10);
        test.Send(10);
        test.Core.Close(StationReason.Closed, dropQueue: false, test.Now);
        Assert.Equal(["Message 1"], test.Plan());
        Assert.Equal(TimeSpan.FromSeconds(4), test.Core.NextTimer);
        test.Advance(4000);
        Assert.Equal(["Close Closed 0"], test.Plan());
        test.Advance(999);
        Assert.Empty(test.Events());
        test.Advance(1);
        Assert.Equal(["Ended SessionClosed"], test.Events());
        Assert.Equal(StationFault.Undelivered, Assert.Throws<StationException>(() => test.Core.IsDelivered(2)).Fault);
    }

    [Fact]
    public void Nothing_gets_in_after_this_sides_Close()
    {
        var test = new CoreUnderTest();
        test.Receive(1);
        test.Core.Close(StationReason.Closed, dropQueue: false, test.Now);
        Assert.Equal(["Close Closed 1"], test.Plan());
        test.Receive(2);
        Assert.Equal(["Arrived 1"], test.Events());
        test.Advance(10);
        Assert.Empty(test.Plan());
    }

    [Fact]
    public void The_peers_Close_is_answered_at_once_and_says_what_arrived()
    {
        var test = new CoreUnderTest(window: 10);
        test.Send(10);
        test.Send(10);
        test.Plan();
        test.Hear(ControlFrame.Close(StationReason.Closed, 1));
        Assert.Equal(["Close Closed 0"], test.Plan());
        Assert.True(test.Core.IsDelivered(1));
        test.Core.OnEndOfStream(null, test.Now);
        Assert.Equal(["Delivered 1", "Ended SessionClosed"], test.Events());
        Assert.Equal(StationFault.Undelivered, Assert.Throws<StationException>(() => test.Core.IsDelivered(2)).Fault);
    }

    [Fact]
    public void A_peer_that_closed_and_ended_its_stream_waits_for_our_Close_one_second()
    {
        var test = new CoreUnderTest();
        test.Hear(ControlFrame.Close(StationReason.Busy, 0));
        test.Core.OnEndOfStream(null, test.Now);
        Assert.Equal(["Close Closed 0"], test.PlanOnly()); // and the transport does not take it
        test.Advance(999);
        Assert.Empty(test.Events());
        test.Advance(1);
        Assert.Equal(["Ended SessionClosed"], test.Events());
        Assert.Equal("Busy", test.Core.End!.PeerHint);
    }

    [Fact]
    public void A_Close_drops_the_message_that_is_under_way()
    {
        var test = new CoreUnderTest(window: 1 << 30);
        test.Send(1_000_000);
        test.Plan();
        test.Core.Close(StationReason.Closed, dropQueue: true, test.Now);
        Assert.Equal(["Close Closed 0"], test.Plan());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_end_of_the_stream_without_a_Close_is_Truncated(bool breaks)
    {
        var test = new CoreUnderTest();
        test.Core.OnEndOfStream(breaks ? new IOException("reset") : null, test.Now);
        Assert.Equal(["Ended Truncated"], test.Events());
        Assert.False(test.Core.EndsInOrder);
    }

    [Theory]
    [InlineData(StationFault.ProtocolError, "Close ProtocolError 1")]
    [InlineData(StationFault.DecryptionFailed, "Close ProtocolError 1")]
    [InlineData(StationFault.MessageTooLarge, "Close MessageTooLarge 1")]
    public void A_failure_is_told_to_the_peer_before_it_ends_the_session(StationFault fault, string close)
    {
        var test = new CoreUnderTest();
        test.Send();
        test.Receive(1);
        test.Core.OnFailure(new StationException(fault, "wrong"), test.Now);
        Assert.Equal([close], test.Plan());
        Assert.Equal(["Arrived 1", $"Ended {fault}"], test.Events());
        Assert.True(test.Core.EndsInOrder);
    }

    [Fact]
    public void A_failure_that_cannot_be_told_ends_the_session_after_a_second()
    {
        var test = new CoreUnderTest();
        test.Core.OnFailure(new StationException(StationFault.ProtocolError, "wrong"), test.Now);
        test.PlanOnly();
        test.Advance(1000);
        Assert.Equal(["Ended ProtocolError"], test.Events());
    }

    [Fact]
    public void After_a_failed_write_the_peers_reason_counts_if_it_comes_within_a_second()
    {
        var test = new CoreUnderTest();
        test.Send();
        test.Core.OnWriteFailed(new StationException(StationFault.Truncated, "broken"), test.Now);
        Assert.Empty(test.Plan());
        test.Hear(ControlFrame.Close(StationReason.ProtocolError, 0));
        test.Core.OnEndOfStream(null, test.Now);
        Assert.Equal(["Ended SessionClosed"], test.Events());

        test = new CoreUnderTest();
        test.Core.OnWriteFailed(new StationException(StationFault.Truncated, "broken"), test.Now);
        test.Advance(999);
        Assert.Empty(test.Events());
        test.Advance(1);
        Assert.Equal(["Ended Truncated"], test.Events());
    }

    [Fact]
    public void The_first_reason_of_an_end_stays()
    {
        var test = new CoreUnderTest();
        test.Core.Abort(new StationException(StationFault.SessionClosed, "aborted"));
        test.Core.OnEndOfStream(null, test.Now);
        test.Core.OnFailure(new StationException(StationFault.ProtocolError, "late"), test.Now);
        test.Advance(1_000_000);
        Assert.Equal(["Ended SessionClosed"], test.Events());
        Assert.Equal("aborted", test.Core.End!.Message);
        Assert.Equal(TimeSpan.MaxValue, test.Core.NextTimer);
        test.Hear(ControlFrame.Ack(9, 9)); // a frame that was read before the end
        Assert.Empty(test.Plan());
    }
}
