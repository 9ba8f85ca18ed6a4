using System.Collections.Concurrent;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Tests.Storage;

public sealed class LockQueueTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();

    private string LockPath => _folder.File("lock");

    private string Queue => _folder.File("queue");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Those_who_wait_get_the_lock_in_the_order_in_which_they_came()
    {
        var order = new ConcurrentQueue<int>();
        var threads = new List<Task>();
        using (LockQueue.Acquire(LockPath, Queue, s_patience))
        {
            for (int i = 0; i < 8; i++)
            {
                int number = i;
                threads.Add(Task.Factory.StartNew(
                    () =>
                    {
                        using FileStream held = LockQueue.Acquire(LockPath, Queue, s_patience);
                        order.Enqueue(number);
                    },
                    TestContext.Current.CancellationToken,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default));
                await WaitForTicketsAsync(i + 1);
            }

            // One that comes back for more at once, as a writer in a loop does, stands at the end.
        }

        using (LockQueue.Acquire(LockPath, Queue, s_patience))
        {
            order.Enqueue(8);
        }

        await Task.WhenAll(threads).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 9), order);
        Assert.Empty(Directory.GetFiles(Queue));
    }

    [Fact]
    public void A_ticket_of_the_dead_holds_up_nobody_and_goes()
    {
        Directory.CreateDirectory(Queue);
        string dead = Path.Combine(Queue, "0000000000000001-deadbeef");
        File.WriteAllText(dead, string.Empty);
        LockQueue.Acquire(LockPath, Queue, s_patience).Dispose();
        Assert.False(File.Exists(dead));
    }

    [Fact]
    public void A_ticket_whose_owner_sleeps_holds_up_nobody_for_ever()
    {
        Directory.CreateDirectory(Queue);
        using FileStream sleeping = LockFile.TryAcquire(Path.Combine(Queue, "0000000000000001-51ee9e44"), FileMode.CreateNew)!;
        LockQueue.Acquire(LockPath, Queue, s_patience).Dispose();
    }

    [Fact]
    public void One_that_keeps_the_lock_is_an_error_after_a_while()
    {
        using FileStream held = LockFile.TryAcquire(LockPath, FileMode.OpenOrCreate)!;
        StationException e = StationAssert.Fails(StationFault.StorageFailed, () => LockQueue.Acquire(LockPath, Queue, TimeSpan.FromMilliseconds(200)));
        Assert.Contains(LockPath, e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Queue));
    }

    private async Task WaitForTicketsAsync(int count)
    {
        long end = Environment.TickCount64 + 30_000;
        while (Directory.GetFiles(Queue).Length < count)
        {
            Assert.True(Environment.TickCount64 < end, "A waiter took no ticket.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
