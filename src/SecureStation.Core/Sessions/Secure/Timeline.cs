namespace SecureStation.Core.Sessions.Secure;

/// <summary>Points in a session's time, which begins at zero; <see cref="TimeSpan.MaxValue"/> is never.</summary>
internal static class Timeline
{
    /// <summary>So much later, or never where that is beyond all time.</summary>
    public static TimeSpan After(this TimeSpan point, TimeSpan delay) => delay < TimeSpan.MaxValue - point ? point + delay : TimeSpan.MaxValue;

    public static TimeSpan OrEarlier(this TimeSpan point, TimeSpan other) => other < point ? other : point;
}
