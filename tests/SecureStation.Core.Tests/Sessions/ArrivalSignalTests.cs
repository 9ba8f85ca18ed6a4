using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Sessions;

public class ArrivalSignalTests
{
    private readonly ArrivalSignal _signal = new();

    [Fact]
    public async Task A_pulse_runs_nobody_where_it_is_given()
    {
        int woken = 0;
        Task waiting = WaitAsync(_signal.Arm(), () => woken = Environment.CurrentManagedThreadId);
        int here = 0;
        var thread = new Thread(() =>
        {
            here = Environment.CurrentManagedThreadId;
            _signal.Pulse();
        });
        thread.Start();
        thread.Join();

        await waiting.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.NotEqual(here, woken);
    }

    [Fact]
    public void Whoever_arms_after_a_pulse_waits_for_the_next()
    {
        _signal.Pulse();
        Task task = _signal.Arm();
        Assert.False(task.IsCompleted);
        _signal.Pulse();
        Assert.True(task.IsCompletedSuccessfully);
        Assert.False(_signal.Arm().IsCompleted);
    }

    private static async Task WaitAsync(Task armed, Action woken)
    {
        await armed.ConfigureAwait(false);
        woken();
    }
}
