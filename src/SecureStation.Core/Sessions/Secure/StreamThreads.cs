namespace SecureStation.Core.Sessions.Secure;

/// <summary>The threads of sessions into which much comes at this moment, as many as there are cores; none where there is one core only.</summary>
internal static class StreamThreads
{
    private static int s_free = Environment.ProcessorCount > 1 ? Environment.ProcessorCount : 0;

    /// <summary>Takes one, if there is one; <see cref="RunAsync"/> follows.</summary>
    public static bool TryTake()
    {
        if (Interlocked.Decrement(ref s_free) >= 0)
        {
            return true;
        }

        Interlocked.Increment(ref s_free);
        return false;
    }

    /// <summary>Runs on the thread that was taken, and gives it back.</summary>
    public static async Task<bool> RunAsync(Func<bool> read)
    {
        try
        {
            return await Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Increment(ref s_free);
        }
    }
}
