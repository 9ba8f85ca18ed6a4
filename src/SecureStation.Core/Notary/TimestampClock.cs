namespace SecureStation.Core.Notary;

/// <summary>
/// The times of an authority's tokens, whole microseconds (finer ones come back altered from readers that compute with floating point):
/// never earlier than the last one, however the machine's clock is set, and strictly later where
/// tokens are to be ordered by time. Not thread-safe: the caller holds a lock over taking a time and queueing for the log.
/// </summary>
internal sealed class TimestampClock(TimeProvider source, bool isStrict, TimeSpan tolerance, DateTimeOffset last)
{
    private long _last = Round(last.UtcTicks);

    /// <summary>
    /// The next time; false where the clock is behind the last token by more than the tolerance: a token would then say a time that is
    /// not, by more than the accuracy that it states.
    /// </summary>
    public bool TryTake(out DateTimeOffset time)
    {
        DateTimeOffset now = source.GetUtcNow();
        long ticks = Math.Max(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), isStrict ? _last + TimeSpan.TicksPerMicrosecond : _last);
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        if (time - now > tolerance)
        {
            return false;
        }

        _last = ticks;
        return true;
    }

    private static long Round(long ticks) => (ticks + (TimeSpan.TicksPerMicrosecond / 2)) / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond;
}
