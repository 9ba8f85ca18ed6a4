namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Watches the receiving direction of a connection. A sign of life is a transport message that decrypts; nothing has to be answered by a
/// certain time, since a Ping may wait behind megabytes on a slow link.
/// </summary>
internal sealed class Liveness(StationLimits limits, TimeSpan now)
{
    private TimeSpan _heardAt = now;
    private TimeSpan _pingAt = now.After(limits.PingAfter);

    /// <summary>When to look next.</summary>
    public TimeSpan NextTimer => _pingAt.OrEarlier(_heardAt.After(limits.DeadAfter));

    public void Heard(TimeSpan now)
    {
        _heardAt = now;
        _pingAt = now.After(limits.PingAfter);
    }

    /// <summary>Whether a Ping is due; it counts as sent then.</summary>
    public bool TakePing(TimeSpan now)
    {
        if (now < _pingAt)
        {
            return false;
        }

        _pingAt = now.After(limits.PingAfter);
        return true;
    }

    /// <summary>Why the peer counts as gone, once it does.</summary>
    public StationException? FindDeath(TimeSpan now)
    {
        TimeSpan silence = now - _heardAt;
        return silence < limits.DeadAfter
            ? null
            : new StationException(StationFault.Timeout, $"Nothing that can be read came from the peer for {silence.TotalSeconds:0.#} s; it counts as gone.");
    }
}
