namespace SecureStation.Core.Requests;

/// <summary>What a handler's requests may take together.</summary>
public sealed record RequestLimits
{
    /// <summary>How many requests run at once; the next ones wait.</summary>
    public int MaxRunning { get; init; } = 32;

    /// <summary>How many of them are one peer's, over all its sessions.</summary>
    public int MaxRunningPerPeer { get; init; } = 8;

    /// <summary>How long a request may run, the time included in which the asker takes no results. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: for ever.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many requests of one peer wait.</summary>
    internal int MaxWaitingPerPeer { get; init; } = 256;

    /// <summary>How many requests wait.</summary>
    internal int MaxWaiting { get; init; } = 4096;

    /// <summary>What the arguments of one peer's requests take, in bytes.</summary>
    internal long MaxBytesPerPeer { get; init; } = 32 * 1024 * 1024;

    /// <summary>What the arguments of all requests take, in bytes.</summary>
    internal long MaxBytes { get; init; } = 256 * 1024 * 1024;

    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    internal void Require()
    {
        if (MaxRunning < 1 || MaxRunningPerPeer < 1 || (Timeout <= TimeSpan.Zero && Timeout != System.Threading.Timeout.InfiniteTimeSpan))
        {
            throw new StationException(StationFault.InvalidArgument, "A handler has room for one request at least, and some time for it.");
        }
    }
}
