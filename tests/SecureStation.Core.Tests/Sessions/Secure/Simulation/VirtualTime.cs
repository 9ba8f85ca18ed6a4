namespace SecureStation.Core.Tests.Sessions.Secure.Simulation;

/// <summary>Time that goes from one event to the next, and never waits.</summary>
internal static class VirtualTime
{
    /// <summary>Lets time pass.</summary>
    /// <param name="now">Now; moved on before each event.</param>
    /// <param name="time">How much.</param>
    /// <param name="next">When the next event is, of all that there are.</param>
    /// <param name="happen">Does what is due now.</param>
    public static void Pass(ref TimeSpan now, TimeSpan time, Func<TimeSpan> next, Action happen)
    {
        TimeSpan end = now + time;
        for (int turns = 0; ; turns++)
        {
            Assert.True(turns < 10_000, $"The clock stands still at {now}.");
            TimeSpan then = Earliest(next(), end);
            now = then > now ? then : now;
            happen();
            if (now >= end)
            {
                return;
            }
        }
    }

    /// <summary>The earliest of these.</summary>
    public static TimeSpan Earliest(params ReadOnlySpan<TimeSpan> times)
    {
        TimeSpan earliest = TimeSpan.MaxValue;
        foreach (TimeSpan time in times)
        {
            earliest = time < earliest ? time : earliest;
        }

        return earliest;
    }
}
