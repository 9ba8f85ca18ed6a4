using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;

namespace SecureStation.Core.Tests.Messages;

public class OutgoingMessageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_kind_that_there_is_not_is_refused_here_and_not_by_the_peer(int kind)
    {
        StationException e = Assert.Throws<StationException>(() => new OutgoingMessage((StationMessageKind)kind, default));
        Assert.Equal(StationFault.InvalidArgument, e.Fault);
    }

    [Fact]
    public async Task Headers_that_change_after_they_were_given_are_sent_as_they_were()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(window: 1);
        await using (peer)
        {
            var headers = new List<KeyValuePair<string, string>> { new("a", "b") };
            await session.SendAsync(new OutgoingMessage(StationMessageKind.Text, new byte[1]) { Headers = headers }, TestContext.Current.CancellationToken);
            await peer.ReadFrameAsync();

            // The second has to wait for the window, and its headers' room is measured meanwhile.
            await session.SendAsync(new OutgoingMessage(StationMessageKind.Text, new byte[1]) { Headers = headers }, TestContext.Current.CancellationToken);
            headers[0] = new("a", new string('b', 1000));
            await peer.SendAsync(Wire.Ack(1, 1));
            Assert.Equal(Wire.Message(2, 1, new byte[1], headers: ("a", "b"))[6..], (await peer.ReadFrameAsync()).Body);
        }
    }
}
