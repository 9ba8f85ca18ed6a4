using Microsoft.Extensions.Time.Testing;
using SecureStation.Core.Connecting;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions;

public class RekeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rekeying_by_count_under_load_both_ways_loses_nothing()
    {
        // Every few transport messages; a receiver that missed one would end the session at 32.
        var limits = new StationLimits { RekeyAfterMessages = 4, MaxMessagesWithoutRekey = 32 };
        await using StationLoopback pair = await StationLoopback.CreateAsync(limits: limits, cancellationToken: Token);
        await ExchangeAsync(pair, 5000, static () => { });
    }

    [Fact]
    public async Task UpdateKeys_under_load_both_ways_loses_nothing()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        await ExchangeAsync(pair, 5000, () =>
        {
            ((SecureSession)pair.Left).UpdateKeys();
            ((SecureSession)pair.Right).UpdateKeys();
        });
    }

    [Fact]
    public async Task A_long_message_goes_on_through_a_Rekey()
    {
        var limits = new StationLimits { RekeyAfterMessages = 2 };
        await using StationLoopback pair = await StationLoopback.CreateAsync(limits: limits, cancellationToken: Token);
        byte[] body = new byte[4 * 1024 * 1024];
        new Random(3).NextBytes(body);
        await pair.Left.SendAsync(OutgoingMessage.Bytes(body), Token);
        StationMessage message = await pair.Right.ReceiveAsync(Token);
        Assert.True(body.AsSpan().SequenceEqual(message.BodyBytes.Span));
    }

    [Fact]
    public async Task Rekeying_by_time_is_due_with_the_next_write()
    {
        var time = new FakeTimeProvider();
        var limits = new StationLimits { PingAfter = TimeSpan.MaxValue, DeadAfter = TimeSpan.MaxValue };
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(limits, time: time);
        await using (peer)
        {
            time.Advance(limits.RekeyAfter);
            await session.SendAsync(OutgoingMessage.Text("x"), Token);
            (FrameType type, byte flags, _) = await peer.ReadFrameAsync();
            Assert.Equal((FrameType.Rekey, (byte)0), (type, flags));
            Assert.Equal(FrameType.Message, (await peer.ReadFrameAsync()).Type);
        }
    }

    [Fact]
    public async Task Flag_1_asks_for_the_other_direction_and_its_answer_does_not()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(Wire.Raw(7, 1));
            peer.Noise!.RekeySending();
            (FrameType type, byte flags, _) = await peer.ReadFrameAsync();
            Assert.Equal((FrameType.Rekey, (byte)0), (type, flags));
            await peer.SendAsync(Wire.Text(1, "under the new key"));
            Assert.Equal("under the new key", (await session.ReceiveAsync(Token)).Body);

            ((SecureSession)session).UpdateKeys();
            (type, flags, _) = await peer.ReadFrameAsync();
            Assert.Equal((FrameType.Rekey, (byte)1), (type, flags));
        }
    }

    [Fact]
    public async Task A_Rekey_that_is_not_followed_by_a_new_key_is_DecryptionFailed()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(Wire.Raw(7, 0));
            await peer.SendAsync(Wire.Text(1, "under the old key"));
            await Expect.EndAsync(StationFault.DecryptionFailed, session);
            Assert.Equal(0, session.MessagesReceived);
        }
    }

    private static async Task ExchangeAsync(StationLoopback pair, int messages, Action meanwhile)
    {
        Task[] all =
        [
            SendAsync(pair.Left, messages), SendAsync(pair.Right, messages),
            ReceiveAsync(pair.Left, messages), ReceiveAsync(pair.Right, messages),
        ];
        Task done = Task.WhenAll(all);
        while (!done.IsCompleted)
        {
            meanwhile();
            await Task.WhenAny(done, Task.Delay(1, Token));
        }

        await done;
    }

    // Long enough that the messages take many transport messages.
    private static string Text(int i) => $"{i}".PadLeft(2000);

    private static Task SendAsync(StationSession session, int messages) => Task.Run(async () =>
    {
        for (int i = 0; i < messages; i++)
        {
            await session.SendAsync(OutgoingMessage.Text(Text(i)), Token);
        }
    }, Token);

    private static Task ReceiveAsync(StationSession session, int messages) => Task.Run(async () =>
    {
        for (int i = 0; i < messages; i++)
        {
            Assert.Equal(Text(i), (await session.ReceiveAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token)).Body);
        }
    }, Token);
}
