using System.Buffers.Binary;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions.Resuming;

namespace SecureStation.Core.Tests.State;

/// <summary>What a state costs, and what becomes of sessions whose disk is full or slow: nothing counts that is not stored.</summary>
public sealed class StateBoundsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restored_session_has_one_reason_of_its_end_as_any_other()
    {
        await using var world = new StateWorld();
        (SecureSession client, _) = await world.MeetAsync();
        SecureSession again = await world.RestartClientAsync(client);

        // Ends the inbox at once, and the session when its peer has heard.
        again.Revoke();
        await again.WhenOverAsync().WaitAsync(TestListener.Patience, Token);
        StationException refused = await Assert.ThrowsAsync<StationException>(async () => await again.SendAsync(OutgoingMessage.Text("late"), Token));
        Assert.Same(again.EndReason, refused.InnerException);
    }

    [Fact]
    public async Task Messages_that_nobody_waits_for_singly_share_a_commit()
    {
        await using var world = new StateWorld();
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        using var disk = new SemaphoreSlim(0);
        world.ClientState.Shared.Writer.Committing = () => disk.Wait(TestListener.Patience);
        long before = world.ClientState.Shared.Writer.Commits;
        ulong last = 0;
        for (int i = 0; i < 1000; i++)
        {
            last = await client.QueueAsync(OutgoingMessage.Bytes(new byte[64]), Token);
        }

        Task stored = client.WaitStoredAsync(last, Token);
        Assert.False(stored.IsCompleted);
        disk.Release(1000);
        await stored.WaitAsync(TestListener.Patience, Token);
        Assert.InRange(world.ClientState.Shared.Writer.Commits - before, 1, 5);
        for (int i = 0; i < 1000; i++)
        {
            await server.ReceiveAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token);
        }

        await Assert.ThrowsAsync<StationException>(() => client.WaitStoredAsync(last + 1, Token));
    }

    [Fact]
    public async Task After_a_restart_what_may_have_been_given_out_is_marked_and_nothing_else()
    {
        const int Count = 2100;
        await using var world = new StateWorld();
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        ulong last = 0;
        for (int i = 1; i <= Count; i++)
        {
            last = await server.QueueAsync(Number(i), Token);
        }

        await server.WaitDeliveredAsync(last, Token).WaitAsync(TestListener.Patience, Token);
        for (int i = 1; i <= 100; i++)
        {
            Assert.Equal(i, await TakeAsync(client, isMarked: false));
        }

        SecureSession again = await world.RestartClientAsync(client);
        for (int i = 101; i <= Count; i++)
        {
            Assert.Equal(i, await TakeAsync(again, isMarked: i <= 1024));
        }

        // All of them were taken, and more may come.
        again = await world.RestartClientAsync(again);
        await server.SendAsync(Number(Count + 1), Token);
        Assert.Equal(Count + 1, await TakeAsync(again, isMarked: false));
    }

    [Fact]
    public async Task Nothing_is_given_out_before_the_state_knows_that_it_may_have_been()
    {
        await using var world = new StateWorld();
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        ulong last = 0;
        for (int i = 1; i <= 1500; i++)
        {
            last = await server.QueueAsync(Number(i), Token);
        }

        await server.WaitDeliveredAsync(last, Token).WaitAsync(TestListener.Patience, Token);
        using var disk = new SemaphoreSlim(0);
        world.ClientState.Shared.Writer.Committing = () => disk.Wait(TestListener.Patience);
        for (int i = 1; i <= 1024; i++)
        {
            Assert.Equal(i, await TakeAsync(client, isMarked: false));
        }

        Assert.False(client.TryReceive(out _));
        Assert.Equal(476, client.InboxCount);
        Task<int> next = TakeAsync(client, isMarked: false);
        Task<StationMessage> either = StationSession.ReceiveAnyAsync([client, server], Token);
        Assert.False(next.IsCompleted || either.IsCompleted);
        disk.Release(1000);
        int[] both = [await next, ToNumber(await either.WaitAsync(TestListener.Patience, Token))];
        Assert.Equal([1025, 1026], both.Order());
    }

    [Fact]
    public async Task Who_has_closed_a_session_finds_it_in_its_state_no_longer()
    {
        await using var world = new StateWorld();
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        using var disk = new SemaphoreSlim(0);
        world.ClientState.Shared.Writer.Committing = () => disk.Wait(TestListener.Patience);
        Task closing = client.CloseAsync(Token);
        await ResumedPair.Until(() => server.EndReason is not null && client.EndReason is not null);
        Assert.False(closing.IsCompleted);
        disk.Release(1000);
        await closing.WaitAsync(TestListener.Patience, Token);
        Assert.Empty(world.ClientState.Shared.Writer.Read(static tables => tables.List(), TestListener.Patience));
    }

    [Fact]
    public async Task Who_lets_go_of_a_state_that_others_use_waits_until_what_there_is_is_written()
    {
        await using var world = new StateWorld();
        (SecureSession client, _) = await world.MeetAsync();
        using var disk = new SemaphoreSlim(0);
        world.ClientState.Shared.Writer.Committing = () => disk.Wait(TestListener.Patience);
        await client.QueueAsync(Number(1), Token);
        world.ClientState.Shared.Retain();
        Task letGo = Task.Run(world.ClientState.Dispose, Token);
        Assert.NotSame(letGo, await Task.WhenAny(letGo, Task.Delay(300, Token)));
        disk.Release(1000);
        await letGo.WaitAsync(TestListener.Patience, Token);
    }

    [Fact]
    public async Task A_full_disk_of_the_sender_is_the_error_of_the_call_that_met_it_and_what_was_accepted_arrives_when_there_is_room()
    {
        await using var world = new StateWorld();
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        await client.SendAsync(Number(1), Token);
        StateWorld.Fill(world.ClientState, isFull: true);
        int accepted = 1;
        StationException failure = await Assert.ThrowsAsync<StationException>(async () =>
        {
            while (true)
            {
                await client.SendAsync(Number(accepted + 1, 20_000), Token);
                accepted++;
            }
        });
        Assert.Equal(StationFault.StateFailed, failure.Fault);
        Assert.Contains("full", failure.Message, StringComparison.Ordinal);
        Assert.Equal(StationFault.StateFailed, client.EndReason!.Fault);

        // Nothing of the session is left in this process; another goes on with it, in the same file.
        StateWorld.Fill(world.ClientState, isFull: false);
        SecureSession again = await world.ConnectAsync();
        Assert.Equal(client.Id, again.Id);
        await again.SendAsync(Number(accepted + 1), Token);
        for (int i = 1; i <= accepted + 1; i++)
        {
            Assert.Equal(i, ToNumber(await server.ReceiveAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token)));
        }
    }

    [Fact]
    public async Task A_full_disk_of_the_receiver_acknowledges_nothing_and_the_listener_goes_on_when_there_is_room()
    {
        await using var world = new StateWorld();
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        await client.WaitDeliveredAsync(await client.SendAsync(Number(1), Token), Token);
        StateWorld.Fill(world.ServerState, isFull: true);
        const int Count = 40;
        ulong last = 0;
        for (int i = 2; i <= Count; i++)
        {
            last = await client.SendAsync(Number(i, 20_000), Token);
        }

        await ResumedPair.Until(() => server.EndReason is not null);
        Assert.Equal(StationFault.StateFailed, server.EndReason!.Fault);
        Assert.False(server.TryReceive(out _));
        Task delivered = client.WaitDeliveredAsync(last, Token);
        Assert.False(delivered.IsCompleted);

        // What was acknowledged is given out while the disk is full: once, though the session fails again and again.
        Assert.Equal(1, ToNumber(await world.Listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token)));
        await ResumedPair.Until(() => world.Listener.Sessions.All(static session => session.EndReason is not null));
        StateWorld.Fill(world.ServerState, isFull: false);
        await delivered.WaitAsync(TestListener.Patience, Token);
        for (int i = 2; i <= Count; i++)
        {
            Assert.Equal(i, ToNumber(await world.Listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token)));
        }
    }

    [Fact]
    public async Task A_commit_that_takes_longer_than_a_peer_may_be_silent_ends_the_session()
    {
        var limits = new StationLimits { PingAfter = TimeSpan.FromMilliseconds(500), DeadAfter = TimeSpan.FromSeconds(2) };
        await using var world = new StateWorld { Limits = limits };
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        await client.WaitDeliveredAsync(await client.SendAsync(Number(1), Token), Token);
        using var disk = new SemaphoreSlim(0);
        world.ClientState.Shared.Writer.Committing = () => disk.Wait(TestListener.Patience);
        try
        {
            StationException failure = await Assert.ThrowsAsync<StationException>(() => client.SendAsync(Number(2), Token).AsTask().WaitAsync(TestListener.Patience, Token));
            Assert.Equal(StationFault.StateFailed, failure.Fault);
            Assert.Contains("within 2 s", failure.Message, StringComparison.Ordinal);
            Assert.Equal(StationFault.StateFailed, client.EndReason!.Fault);
        }
        finally
        {
            disk.Release(1000);
        }

        SecureSession again = await world.ConnectAsync();
        Assert.Equal(client.Id, again.Id);
        await again.SendAsync(Number(3), Token);
        Assert.Equal(1, ToNumber(await server.ReceiveAsync(Token)));

        // The second one's commit was under way: it is stored or not, and comes at most once.
        int next = ToNumber(await server.ReceiveAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token));
        Assert.InRange(next, 2, 3);
        if (next == 2)
        {
            Assert.Equal(3, ToNumber(await server.ReceiveAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token)));
        }
    }

    private static OutgoingMessage Number(int number, int size = 64)
    {
        byte[] body = new byte[size];
        BinaryPrimitives.WriteInt32BigEndian(body, number);
        return OutgoingMessage.Bytes(body);
    }

    private static int ToNumber(StationMessage message) => BinaryPrimitives.ReadInt32BigEndian(message.BodyBytes.Span);

    private static async Task<int> TakeAsync(SecureSession session, bool isMarked)
    {
        StationMessage message = await session.ReceiveAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token);
        Assert.Equal(isMarked, message.Redelivered);
        return ToNumber(message);
    }
}
