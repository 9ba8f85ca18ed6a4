namespace SecureStation.Core.Tests.Sessions;

/// <summary>Waits, bounded, for the one typed error that a test expects.</summary>
internal static class Expect
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static async Task<StationException> FaultAsync(StationFault fault, Task failing)
    {
        StationException e = await Assert.ThrowsAnyAsync<StationException>(() => failing.WaitAsync(s_patience));
        Assert.True(fault == e.Fault, $"{e.Fault} instead of {fault}: {e}");
        return e;
    }

    public static async Task<StationException> HandshakeFailureAsync(HandshakeStage stage, Task failing)
    {
        StationException e = await FaultAsync(StationFault.HandshakeFailed, failing);
        Assert.True(stage == e.Stage, $"{e.Stage} instead of {stage}: {e}");
        return e;
    }

    /// <summary>The session has ended for this reason, and says so to whoever receives.</summary>
    public static async Task<StationException> EndAsync(StationFault fault, Core.Sessions.StationSession session)
    {
        StationException e = await FaultAsync(fault, DrainAsync(session));
        Assert.Equal(fault, session.EndReason!.Fault);
        return e;
    }

    /// <summary>Waits until a condition is true.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(10, deadline.Token);
        }
    }

    private static async Task DrainAsync(Core.Sessions.StationSession session)
    {
        while (true)
        {
            await session.ReceiveAsync();
        }
    }
}
