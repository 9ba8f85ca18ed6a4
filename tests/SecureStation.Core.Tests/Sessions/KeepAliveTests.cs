using Microsoft.Extensions.Time.Testing;
using SecureStation.Core.Connecting;
using SecureStation.Core.Framing;
using SecureStation.Core.Handshake;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Tests.Sessions;

public class KeepAliveTests
{
    private static readonly TimeSpan s_pingAfter = StationLimits.Default.PingAfter;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Silence_is_answered_by_a_Ping_and_a_dead_peer_is_Timeout()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(time: _time);
        await using (peer)
        {
            _time.Advance(s_pingAfter);
            Assert.Equal(FrameType.Ping, (await peer.ReadFrameAsync()).Type);
            _time.Advance(s_pingAfter);
            Assert.Equal(FrameType.Ping, (await peer.ReadFrameAsync()).Type);
            Assert.Equal(StationSessionState.Open, session.State);
            _time.Advance(s_pingAfter);
            await Expect.EndAsync(StationFault.Timeout, session);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_that_make_up_no_message_are_no_sign_of_life(bool isLengthAltered)
    {
        ReadCountTransport? counted = null;
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(wrap: inner => counted = new ReadCountTransport(inner), time: _time);
        await using (peer)
        {
            // One bit of a length: what follows, honest as it is, are bytes of that one message for the reader.
            byte[] first = peer.Seal(Wire.Text(1, "altered"));
            first[0] ^= 0x80;
            await SendAsync(isLengthAltered ? first : Wire.U16(65_535));
            for (int i = 0; i < 9; i++)
            {
                Assert.Equal(StationSessionState.Open, session.State);
                await SendAsync(isLengthAltered ? peer.Seal(Wire.Ping(1)) : [0]);
                _time.Advance(s_pingAfter / 3);
            }

            await Expect.EndAsync(StationFault.Timeout, session);
        }

        async Task SendAsync(byte[] bytes)
        {
            long read = counted!.Read;
            await peer.SendRawAsync(bytes);
            await counted.WhenReadAsync(read + bytes.Length);
        }
    }

    [Fact]
    public async Task Whoever_answers_Pings_lives_on()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(time: _time);
        await using (peer)
        {
            for (ulong i = 0; i < 5; i++)
            {
                _time.Advance(s_pingAfter);
                (FrameType type, _, byte[] token) = await peer.ReadFrameAsync();
                Assert.Equal(FrameType.Ping, type);

                // The answer to a Ping of one's own says that this one's was heard.
                await peer.SendAsync(Wire.Frame(FrameType.Pong, token), Wire.Ping(i));
                Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Type);
            }

            Assert.Equal(StationSessionState.Open, session.State);
        }
    }

    [Fact]
    public async Task Two_idle_stations_keep_one_another_alive()
    {
        (MemoryTransport leftEnd, MemoryTransport rightEnd) = MemoryTransport.CreatePair();
        var left = new ReadCountTransport(leftEnd);
        var right = new ReadCountTransport(rightEnd);
        await using StationLoopback pair = await StationLoopback.CreateAsync(
            left, right, null, null, StationSuite.Default, null, TestContext.Current.CancellationToken, _time);
        for (int i = 0; i < 5; i++)
        {
            (long leftRead, long rightRead) = (left.Read, right.Read);
            _time.Advance(s_pingAfter);
            await left.WhenReadAsync(leftRead + 1);
            await right.WhenReadAsync(rightRead + 1);
            Assert.Equal((StationSessionState.Open, StationSessionState.Open), (pair.Left.State, pair.Right.State));
        }
    }
}
