using SecureStation.Core.Connecting;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Sessions;

public class ClosingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_sent_before_the_close_is_received_after_it()
    {
        StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        for (int i = 0; i < 100; i++)
        {
            await pair.Left.SendAsync(OutgoingMessage.Text($"{i}"), Token);
        }

        await pair.Left.CloseAsync(Token);
        Assert.Equal(StationSessionState.Closed, pair.Left.State);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal($"{i}", (await pair.Right.ReceiveAsync(Token)).Body);
        }

        StationException e = await Assert.ThrowsAsync<StationException>(() => pair.Right.ReceiveAsync(Token).AsTask());
        Assert.Equal(StationFault.SessionClosed, e.Fault);
        e = await Assert.ThrowsAsync<StationException>(() => pair.Right.SendAsync(OutgoingMessage.Text("late"), Token).AsTask());
        Assert.Equal(StationFault.SessionClosed, e.Fault);
    }

    [Fact]
    public async Task Closing_twice_and_from_both_sides_at_once_is_harmless()
    {
        StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        await Task.WhenAll(pair.Left.CloseAsync(Token), pair.Right.CloseAsync(Token), pair.Left.CloseAsync(Token));
        Assert.Equal(StationFault.SessionClosed, pair.Left.EndReason!.Fault);
        Assert.Equal(StationFault.SessionClosed, pair.Right.EndReason!.Fault);
    }

    [Fact]
    public async Task A_cut_is_Truncated_for_the_other_side()
    {
        StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        await pair.Left.SendAsync(OutgoingMessage.Text("kept"), Token);
        await pair.Left.WaitDeliveredAsync(1, Token);
        pair.Left.Abort();
        Assert.Equal("kept", (await pair.Right.ReceiveAsync(Token)).Body);
        StationException e = await Assert.ThrowsAsync<StationException>(() => pair.Right.ReceiveAsync(Token).AsTask());
        Assert.Equal(StationFault.Truncated, e.Fault);
    }

    [Fact]
    public async Task A_disconnect_with_data_in_flight_both_ways_agrees_on_what_was_delivered()
    {
        for (int round = 0; round < 20; round += 4)
        {
            // Nobody takes anything out, so that a close may have to wait for most of this; on a busy machine less would not be enough.
            var limits = new StationLimits { CloseTimeout = TimeSpan.FromSeconds(2) };
            StationLoopback pair = await StationLoopback.CreateAsync(limits: limits, cancellationToken: Token);
            Task<ulong> left = SendUntilClosedAsync(pair.Left);
            Task<ulong> right = SendUntilClosedAsync(pair.Right);
            await Task.Delay(round, Token);
            await pair.Left.CloseAsync(Token);
            await AssertAgreesAsync(pair.Left, pair.Right, await left);
            await AssertAgreesAsync(pair.Right, pair.Left, await right);
        }
    }

    [Fact]
    public async Task A_message_that_the_peer_never_took_in_is_Undelivered()
    {
        StationLoopback pair = await StationLoopback.CreateAsync(limits: new StationLimits { Window = 10 }, cancellationToken: Token);
        ulong first = await pair.Left.SendAsync(OutgoingMessage.Bytes(new byte[10]), Token);
        ulong second = await pair.Left.SendAsync(OutgoingMessage.Bytes(new byte[10]), Token);
        await pair.Left.WaitDeliveredAsync(first, Token);
        Task waiting = pair.Left.WaitDeliveredAsync(second, Token);
        await pair.Right.CloseAsync(Token);
        StationException e = await Assert.ThrowsAsync<StationException>(() => waiting);
        Assert.Equal(StationFault.Undelivered, e.Fault);
    }

    [Fact]
    public async Task Close_is_bounded_when_the_peer_takes_nothing()
    {
        var limits = new StationLimits { Window = 10, CloseTimeout = TimeSpan.FromMilliseconds(300) };
        StationLoopback pair = await StationLoopback.CreateAsync(limits: limits, cancellationToken: Token);
        for (int i = 0; i < 5; i++)
        {
            await pair.Left.SendAsync(OutgoingMessage.Bytes(new byte[10]), Token);
        }

        await pair.Left.CloseAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.Equal(StationSessionState.Closed, pair.Left.State);
    }

    private static async Task<ulong> SendUntilClosedAsync(StationSession session)
    {
        ulong last = 0;
        try
        {
            while (true)
            {
                last = await session.SendAsync(OutgoingMessage.Bytes(new byte[100]), Token);
            }
        }
        catch (StationException)
        {
            return last;
        }
    }

    private static async Task AssertAgreesAsync(StationSession sender, StationSession receiver, ulong lastSent)
    {
        ulong received = 0;
        try
        {
            while (true)
            {
                Assert.Equal(++received, (await receiver.ReceiveAsync(Token)).Id);
            }
        }
        catch (StationException e)
        {
            Assert.Equal(StationFault.SessionClosed, e.Fault);
            received--;
        }

        if (received > 0)
        {
            await sender.WaitDeliveredAsync(received, Token);
        }

        if (received < lastSent)
        {
            StationException e = await Assert.ThrowsAsync<StationException>(() => sender.WaitDeliveredAsync(received + 1, Token));
            Assert.Equal(StationFault.Undelivered, e.Fault);
        }
    }
}
