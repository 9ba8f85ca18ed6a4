using System.Collections.Concurrent;

namespace SecureStation.Core.Sealing;

/// <summary>Makes the next blocks on another thread while the last one is used on the caller's.</summary>
internal static class ReadAhead
{
    /// <summary>Runs to the end, which is an empty block; returns how many bytes there were.</summary>
    /// <param name="read">Makes a block, which stays as it is while <paramref name="lead"/> more are made. Never called by two threads at a time.</param>
    /// <param name="lead">
    /// How many may be made beyond the one in use. One keeps both threads in step; with more, a thread that is held up for a moment does not hold up the other.
    /// </param>
    /// <param name="use">Takes each in its order.</param>
    /// <param name="options">Token and progress.</param>
    public static long Run(Func<ReadOnlyMemory<byte>> read, int lead, Action<ReadOnlyMemory<byte>> use, SealedFileOptions options)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(options.Token);
        using var free = new SemaphoreSlim(lead);
        using var made = new BlockingCollection<ReadOnlyMemory<byte>>();
        Task making = Task.Factory.StartNew(() => Make(read, free, made, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            long done = 0;
            while (made.TryTake(out ReadOnlyMemory<byte> block, Timeout.Infinite))
            {
                options.Token.ThrowIfCancellationRequested();
                free.Release();
                use(block);
                done += block.Length;
                options.Progress?.Report(done);
            }

            making.GetAwaiter().GetResult();
            return done;
        }
        finally
        {
            // Whatever failed here: nobody reads any more when this returns, and buffers can be zeroed.
            stop.Cancel();
            Task.WhenAny(making).GetAwaiter().GetResult();
            _ = making.Exception;
        }
    }

    private static void Make(Func<ReadOnlyMemory<byte>> read, SemaphoreSlim free, BlockingCollection<ReadOnlyMemory<byte>> made, CancellationToken stop)
    {
        try
        {
            do
            {
                free.Wait(stop);
            }
            while (read() is { IsEmpty: false } block && made.TryAdd(block));
        }
        finally
        {
            made.CompleteAdding();
        }
    }
}
