using SecureStation.Core.Framing;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Sessions.Resuming;

/// <summary>Section 12 of docs/protocol/station-1.md at a client, frame by frame: a listener that goes on, does not, lies, or is somebody else.</summary>
public class ResumingClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_names_its_session_and_what_it_has_and_sends_again_what_the_peer_has_not()
    {
        (FakeResumer resumer, FakePeer peer) = await FakeResumer.BeginAsync();
        await using (resumer)
        {
            await peer.SendAsync(Wire.Text(1, "to the client"));
            Assert.Equal("to the client", (await resumer.Client.ReceiveAsync(Token)).Body);
            await resumer.Client.SendAsync(OutgoingMessage.Text("one"), Token);
            await resumer.Client.SendAsync(OutgoingMessage.Text("two"), Token);
            await peer.ReadFrameAsync();
            await peer.ReadFrameAsync();
            peer.Transport.Abort();
            (FakePeer next, WelcomeFrame asked) = await resumer.AcceptAsync();
            Assert.Equal((FakeResumer.Id, 1ul, true), (asked.SessionId, asked.LastId, asked.IsKept));
            await next.SendAsync(FakeResumer.Welcome(FakeResumer.Id, 1), Wire.Ack(1, 3));
            Assert.Equal(FrameType.Ack, (await next.ReadFrameAsync(withAcks: true)).Type);
            (FrameType type, _, byte[] body) = await next.ReadFrameAsync();
            Assert.Equal(FrameType.Message, type);
            Assert.Equal(Wire.Text(2, "two")[FrameHeader.Size..], body);
            Assert.Equal(1, resumer.Client.Resumes);
            await next.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_Welcome_that_names_another_session_is_closed_and_its_own_is_lost()
    {
        (FakeResumer resumer, FakePeer peer) = await FakeResumer.BeginAsync();
        await using (resumer)
        {
            ulong waiting = await CutWithAMessageUnderWayAsync(resumer, peer);
            (FakePeer next, _) = await resumer.AcceptAsync();
            await next.SendAsync(FakeResumer.Welcome(new string('7', 32), 0));
            Assert.Equal(StationReason.Closed, await next.ReadCloseAsync());
            await Expect.EndAsync(StationFault.SessionLost, resumer.Client);
            await Expect.FaultAsync(StationFault.Unknown, resumer.Client.WaitDeliveredAsync(waiting, Token));
            await next.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_the_peer_keeps_no_longer_is_lost()
    {
        (FakeResumer resumer, FakePeer peer) = await FakeResumer.BeginAsync();
        await using (resumer)
        {
            ulong underWay = await CutWithAMessageUnderWayAsync(resumer, peer);
            ulong later = await resumer.Client.SendAsync(OutgoingMessage.Text("never sent"), Token);
            (FakePeer next, _) = await resumer.AcceptAsync();
            await next.SendAsync(Wire.Close(StationReason.NotResumed));
            await Expect.EndAsync(StationFault.SessionLost, resumer.Client);
            await Expect.FaultAsync(StationFault.Unknown, resumer.Client.WaitDeliveredAsync(underWay, Token));
            await Expect.FaultAsync(StationFault.Undelivered, resumer.Client.WaitDeliveredAsync(later, Token));
            await next.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public async Task A_Welcome_with_a_last_id_that_goes_back_or_beyond_is_told_so_and_ends_the_session(ulong lastId)
    {
        (FakeResumer resumer, FakePeer peer) = await FakeResumer.BeginAsync();
        await using (resumer)
        {
            ulong id = await resumer.Client.SendAsync(OutgoingMessage.Text("one"), Token);
            await peer.ReadFrameAsync();
            await peer.SendAsync(Wire.Ack(1, 0));
            await resumer.Client.WaitDeliveredAsync(id, Token);
            peer.Transport.Abort();
            (FakePeer next, _) = await resumer.AcceptAsync();
            await next.SendAsync(FakeResumer.Welcome(FakeResumer.Id, lastId));
            Assert.Equal(StationReason.ProtocolError, await next.ReadCloseAsync());
            await Expect.EndAsync(StationFault.ProtocolError, resumer.Client);
            await resumer.Client.WaitDeliveredAsync(id, Token);
            await next.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(StationReason.Busy)]
    [InlineData(StationReason.Superseded)]
    public async Task Told_to_come_later_it_does(StationReason reason)
    {
        (FakeResumer resumer, FakePeer peer) = await FakeResumer.BeginAsync();
        await using (resumer)
        {
            peer.Transport.Abort();
            (FakePeer refusing, _) = await resumer.AcceptAsync();
            await refusing.SendAsync(Wire.Close(reason));
            (FakePeer next, WelcomeFrame asked) = await resumer.AcceptAsync();
            Assert.Equal(FakeResumer.Id, asked.SessionId);
            await next.SendAsync(FakeResumer.Welcome(FakeResumer.Id, 0), Wire.Text(1, "together"));
            Assert.Equal("together", (await resumer.Client.ReceiveAsync(Token)).Body);
            await refusing.DisposeAsync();
            await next.DisposeAsync();
        }
    }

    [Fact]
    public async Task Somebody_else_at_the_address_gets_nothing_and_the_session_waits_for_its_peer()
    {
        using var other = StationKeyPair.Generate();
        (FakeResumer resumer, FakePeer peer) = await FakeResumer.BeginAsync();
        await using (resumer)
        {
            peer.Transport.Abort();
            await Assert.ThrowsAnyAsync<Exception>(() => resumer.AcceptAsync(other));
            Assert.Equal(StationSessionState.Reconnecting, resumer.Client.State);
            (FakePeer next, _) = await resumer.AcceptAsync();
            await next.SendAsync(FakeResumer.Welcome(FakeResumer.Id, 0), Wire.Text(1, "the right one"));
            Assert.Equal("the right one", (await resumer.Client.ReceiveAsync(Token)).Body);
            await next.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_old_peer_that_sends_zeros_works_without_resume()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithInitiatorAsync();
        await using (peer)
        {
            Assert.False(((Core.Sessions.Secure.SecureSession)session).IsResumable);
            await peer.SendAsync(Wire.Text(1, "works"));
            Assert.Equal("works", (await session.ReceiveAsync(Token)).Body);
            peer.Transport.Abort();
            await Expect.EndAsync(StationFault.Truncated, session);
        }
    }

    [Fact]
    public async Task A_largest_message_that_a_resume_lowers_costs_the_messages_beyond_it_and_no_others()
    {
        (FakeResumer resumer, FakePeer peer) = await FakeResumer.BeginAsync();
        await using (resumer)
        {
            peer.Transport.Abort();
            await ResumedPair.Until(() => resumer.Client.State == StationSessionState.Reconnecting);
            ulong large = await resumer.Client.SendAsync(OutgoingMessage.Bytes(new byte[5000]), Token);
            ulong small = await resumer.Client.SendAsync(OutgoingMessage.Text("small"), Token);
            (FakePeer next, _) = await resumer.AcceptAsync();
            await next.SendAsync(FakeResumer.Welcome(FakeResumer.Id, 0, maxMessage: 4096));
            Assert.Equal(Wire.Service(1, "void")[FrameHeader.Size..], (await next.ReadFrameAsync()).Body);
            Assert.Equal(Wire.Text(2, "small")[FrameHeader.Size..], (await next.ReadFrameAsync()).Body);
            await next.SendAsync(Wire.Ack(2, 5));
            await Expect.FaultAsync(StationFault.MessageTooLarge, resumer.Client.WaitDeliveredAsync(large, Token));
            await resumer.Client.WaitDeliveredAsync(small, Token);
            await Expect.FaultAsync(StationFault.MessageTooLarge, Task.Run(() => resumer.Client.SendAsync(OutgoingMessage.Bytes(new byte[5000]), Token).AsTask()));
            Assert.Equal(StationSessionState.Open, resumer.Client.State);
            await next.DisposeAsync();
        }
    }

    private static async Task<ulong> CutWithAMessageUnderWayAsync(FakeResumer resumer, FakePeer peer)
    {
        ulong id = await resumer.Client.SendAsync(OutgoingMessage.Text("under way"), Token);
        await peer.ReadFrameAsync();
        peer.Transport.Abort();
        await ResumedPair.Until(() => resumer.Client.State == StationSessionState.Reconnecting);
        return id;
    }
}
