namespace SecureStation.Core.Sealing;

/// <summary>Makes the next block on another thread while the last one is used on the caller's.</summary>
internal static class ReadAhead
{
    /// <summary>Runs to the end, which is an empty block; returns how many bytes there were.</summary>
    /// <param name="read">Makes a block, which stays as it is while the next is made. Never called by two threads at a time.</param>
    /// <param name="use">Takes each in its order.</param>
    /// <param name="options">Token and progress.</param>
    public static long Run(Func<ReadOnlyMemory<byte>> read, Action<ReadOnlyMemory<byte>> use, SealedFileOptions options)
    {
        long done = 0;
        Task<ReadOnlyMemory<byte>> next = Task.Run(read);
        try
        {
            for (ReadOnlyMemory<byte> block = next.GetAwaiter().GetResult(); !block.IsEmpty; block = next.GetAwaiter().GetResult())
            {
                options.Token.ThrowIfCancellationRequested();
                next = Task.Run(read);
                use(block);
                done += block.Length;
                options.Progress?.Report(done);
            }

            return done;
        }
        finally
        {
            // Whatever failed here: nobody reads any more when this returns, and buffers can be zeroed.
            Task.WhenAny(next).GetAwaiter().GetResult();
            _ = next.Exception;
        }
    }
}
