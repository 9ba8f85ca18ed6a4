namespace SecureStation.Core.Notary;

/// <summary>
/// The times of an authority's tokens: never earlier than the last one, however the machine's clock is set, and strictly later where
/// tokens are to be ordered by time. Not thread-safe: the caller holds a lock over taking a time and queueing for the log.
/// </summary>
internal sealed class TimestampClock(TimeProvider source, bool isStrict, TimeSpan tolerance, DateTimeOffset last)
{
    private DateTimeOffset _last = last;

    /// <summary>
    /// The next time; false where the clock is behind the last token by more than the tolerance: a token would then say a time that is
    /// not, by more than the accuracy that it states.
    /// </summary>
    public bool TryTake(out DateTimeOffset time)
    {
        DateTimeOffset now = source.GetUtcNow();
        DateTimeOffset earliest = isStrict ? _last.AddTicks(1) : _last;
        time = now >= earliest ? now : earliest;
        if (time - now > tolerance)
        {
            return false;
        }

        _last = time;
        return true;
    }
}
