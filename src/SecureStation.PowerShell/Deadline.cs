namespace SecureStation;

/// <summary>
/// A -TimeoutSec that has begun to run: 0 polls, −1 never ends.
/// </summary>
internal readonly struct Deadline
{
    /// <summary>The value of -TimeoutSec that waits for ever.</summary>
    public const double Infinite = -1;

    // The longest delay that CancellationTokenSource takes, a little under 50 days; longer is for ever.
    private const double LongestSeconds = (uint.MaxValue - 1) / 1000.0;

    private readonly long _end;

    private Deadline(double seconds, long end)
    {
        Seconds = seconds;
        _end = end;
    }

    /// <summary>The -TimeoutSec that it was made from, in seconds.</summary>
    public double Seconds { get; }

    /// <summary>Whether it never ends.</summary>
    public bool IsInfinite => Seconds < 0;

    /// <summary>What is left; <see cref="Timeout.InfiniteTimeSpan"/> where it never ends.</summary>
    public TimeSpan Remaining => IsInfinite
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromMilliseconds(Math.Max(0, _end - Environment.TickCount64));

    /// <summary>Whether it has passed.</summary>
    public bool HasPassed => !IsInfinite && Environment.TickCount64 >= _end;

    /// <summary>What each of so many steps may take of what is left, in seconds.</summary>
    public double ShareOf(int steps) => IsInfinite ? Infinite : Remaining.TotalSeconds / steps;

    /// <summary>Starts the clock.</summary>
    public static Deadline After(double seconds) =>
        seconds is < 0 or > LongestSeconds
            ? new Deadline(Infinite, 0)
            : new Deadline(seconds, Environment.TickCount64 + (long)Math.Ceiling(seconds * 1000));
}
