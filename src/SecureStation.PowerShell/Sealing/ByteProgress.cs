namespace SecureStation;

/// <summary>Passes on how many bytes are done, some times a second and not more often.</summary>
/// <param name="report">Is called on the thread that works.</param>
internal sealed class ByteProgress(Action<long> report) : IProgress<long>
{
    private const long Interval = 250;
    private long _next = Environment.TickCount64 + Interval;

    /// <inheritdoc/>
    public void Report(long value)
    {
        long now = Environment.TickCount64;
        if (now >= _next)
        {
            _next = now + Interval;
            report(value);
        }
    }
}
