namespace SecureStation.Core.Noise;

/// <summary>
/// One ephemeral key pair that is made before it is needed, for stations whose handshakes follow one another: when one is over, another core makes the key
/// pair of the next. Each is used once, and none that has lain too long, so that what is found in memory tells little of what follows.
/// </summary>
internal sealed class SpareEphemeral : IThreadPoolWorkItem, IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private NoiseKeyPair? _spare;
    private long _madeAt;
    private bool _isBeingMade;
    private bool _isOver;

    /// <param name="time">The clock; null: the system's.</param>
    public SpareEphemeral(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Takes the spare one, or makes one. It is the caller's.</summary>
    public NoiseKeyPair Take()
    {
        lock (_gate)
        {
            (NoiseKeyPair? spare, _spare) = (_spare, null);
            if (spare is not null && _time.GetElapsedTime(_madeAt) < s_longest)
            {
                return spare;
            }

            spare?.Dispose();
        }

        return NoiseKeyPair.Generate();
    }

    /// <summary>Has the thread pool make the next one; does nothing where there is one core only.</summary>
    public void Refill()
    {
        lock (_gate)
        {
            if (_spare is not null || _isBeingMade || _isOver || Environment.ProcessorCount == 1)
            {
                return;
            }

            _isBeingMade = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Makes one, if none is there.</summary>
    public void Execute()
    {
        NoiseKeyPair made = NoiseKeyPair.Generate();
        lock (_gate)
        {
            _isBeingMade = false;
            if (_isOver)
            {
                made.Dispose();
                return;
            }

            _spare = made;
            _madeAt = _time.GetTimestamp();
        }
    }

    /// <summary>Zeroes the spare one; no other is kept.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _spare?.Dispose();
            _spare = null;
        }
    }
}
