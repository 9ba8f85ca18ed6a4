using SecureStation.Core.Framing;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Sessions;

public class KeepAliveTests
{
    private static readonly StationLimits s_limits = new() { PingAfter = TimeSpan.FromMilliseconds(100), DeadAfter = TimeSpan.FromSeconds(5) };

    [Fact]
    public async Task Silence_is_answered_by_a_Ping_and_a_dead_peer_is_Timeout()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(s_limits);
        await using (peer)
        {
            Assert.Equal(FrameType.Ping, (await peer.ReadFrameAsync()).Type);
            await Expect.EndAsync(StationFault.Timeout, session);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_that_make_up_no_message_are_no_sign_of_life(bool isLengthAltered)
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(s_limits);
        await using (peer)
        {
            // One bit of a length: what follows, honest as it is, are bytes of that one message for the reader.
            byte[] first = peer.Seal(Wire.Text(1, "altered"));
            first[0] ^= 0x80;
            await peer.SendRawAsync(isLengthAltered ? first : Wire.U16(65_535));
            using var stop = new CancellationTokenSource();
            Task trickling = TrickleAsync(stop.Token);
            await Expect.EndAsync(StationFault.Timeout, session);
            await stop.CancelAsync();
            await trickling;
        }

        async Task TrickleAsync(CancellationToken cancellationToken)
        {
            try
            {
                while (!cancellationToken.IsCancellationRequested)
                {
                    await peer.SendRawAsync(isLengthAltered ? peer.Seal(Wire.Ping(1)) : [0]);
                    await Task.Delay(50, CancellationToken.None);
                }
            }
            catch (IOException)
            {
                // Cut off.
            }
        }
    }

    [Fact]
    public async Task Whoever_answers_Pings_lives_on()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(s_limits);
        await using (peer)
        {
            long end = Environment.TickCount64 + 6500;
            while (Environment.TickCount64 < end)
            {
                (FrameType type, _, byte[] token) = await peer.ReadFrameAsync();
                Assert.Equal(FrameType.Ping, type);
                await peer.SendAsync(Wire.Frame(FrameType.Pong, token));
            }

            Assert.Equal(StationSessionState.Open, session.State);
        }
    }

    [Fact]
    public async Task Two_idle_stations_keep_one_another_alive()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(limits: s_limits, cancellationToken: TestContext.Current.CancellationToken);
        await Task.Delay(6500, TestContext.Current.CancellationToken);
        Assert.Equal((StationSessionState.Open, StationSessionState.Open), (pair.Left.State, pair.Right.State));
    }
}
