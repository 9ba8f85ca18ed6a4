using System.Net;
using SecureStation.Core.Listening;

namespace SecureStation.Core.Tests.Listening;

public class HandshakeWorkTests
{
    private readonly HandshakeWork _work = new(1);
    private readonly TaskCompletionSource _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _done = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sources_have_their_turns_one_after_another_and_each_its_own_in_order()
    {
        Task held = HoldAsync();
        Task[] waiting =
        [
            DoAsync("203.0.113.5", "flood 1"), DoAsync("203.0.113.5", "flood 2"), DoAsync("203.0.113.5", "flood 3"),
            DoAsync("192.0.2.1", "a 1"), DoAsync("192.0.2.1", "a 2"), DoAsync("192.0.2.2", "b 1"),
        ];
        _hold.SetResult();
        await Task.WhenAll([held, .. waiting]).WaitAsync(TestListener.Patience, Token);
        Assert.Equal(["flood 1", "a 1", "b 1", "flood 2", "a 2", "flood 3"], _done);
    }

    [Fact]
    public async Task Who_gives_up_does_nothing_more_and_holds_up_nobody()
    {
        Task held = HoldAsync();
        using var gone = new CancellationTokenSource();
        Task dropped = DoAsync("192.0.2.1", "dropped", gone.Token);
        Task other = DoAsync("192.0.2.1", "other");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dropped);
        _hold.SetResult();
        await Task.WhenAll(held, other).WaitAsync(TestListener.Patience, Token);
        Assert.Equal(["other"], _done);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DoAsync("192.0.2.1", "late", gone.Token));
        await DoAsync("192.0.2.1", "last");
        Assert.Equal(["other", "last"], _done);
    }

    [Fact]
    public async Task Work_that_fails_frees_its_turn()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _work.RunAsync(Source("192.0.2.1"), static () => throw new InvalidOperationException(), Token).AsTask());
        await DoAsync("192.0.2.1", "next");
        Assert.Equal(["next"], _done);
    }

    [Fact]
    public async Task Never_more_at_once_than_allowed_and_all_come_to_their_turn()
    {
        var work = new HandshakeWork(3);
        int now = 0, most = 0, done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), Token, async (i, token) =>
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(token);
            if (i % 7 == 0)
            {
                timeout.CancelAfter(TimeSpan.FromTicks(i % 500));
            }

            try
            {
                await work.RunAsync(
                    Source($"192.0.2.{i % 11}"),
                    async () =>
                    {
                        int running = Interlocked.Increment(ref now);
                        InterlockedMax(ref most, running);
                        await Task.Yield();
                        Interlocked.Decrement(ref now);
                        Interlocked.Increment(ref done);
                    },
                    timeout.Token);
            }
            catch (OperationCanceledException) when (i % 7 == 0)
            {
                // It gave up.
            }
        });
        Assert.InRange(most, 1, 3);
        Assert.InRange(done, 1714, 2000);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }

    private static ConnectionSource Source(string address) => ConnectionSource.Of(new IPEndPoint(IPAddress.Parse(address), 1));

    private Task HoldAsync() => _work.RunAsync(Source("192.0.2.100"), () => new ValueTask(_hold.Task), Token).AsTask();

    private Task DoAsync(string address, string what, CancellationToken? token = null) => _work.RunAsync(
        Source(address),
        () =>
        {
            _done.Add(what);
            return ValueTask.CompletedTask;
        },
        token ?? Token).AsTask();
}
