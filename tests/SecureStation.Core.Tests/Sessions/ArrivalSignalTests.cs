using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Sessions;

public class ArrivalSignalTests
{
    private readonly ArrivalSignal _signal = new();

    [Fact]
    public async Task The_first_waiter_goes_on_where_it_is_pulsed_here_and_nobody_else()
    {
        int? first = null;
        Task one = WaitAsync(_signal.ArmFirst(), () => first = Environment.CurrentManagedThreadId);
        var others = new List<int>();
        Task two = WaitAsync(_signal.ArmFirst(), () => others.Add(Environment.CurrentManagedThreadId));
        Task three = WaitAsync(_signal.Arm(), () => others.Add(Environment.CurrentManagedThreadId));
        int here = 0;
        var thread = new Thread(() =>
        {
            here = Environment.CurrentManagedThreadId;
            _signal.PulseHere();
        });
        thread.Start();
        thread.Join();

        Assert.Equal(here, first);
        await Task.WhenAll(one, two, three).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(here, others);
    }

    [Fact]
    public async Task A_pulse_runs_nobody_where_it_is_given()
    {
        int woken = 0;
        Task waiting = WaitAsync(_signal.ArmFirst(), () => woken = Environment.CurrentManagedThreadId);
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
        Task task = _signal.ArmFirst();
        Assert.False(task.IsCompleted);
        _signal.PulseHere();
        Assert.True(task.IsCompletedSuccessfully);
        Assert.False(_signal.ArmFirst().IsCompleted);
    }

    [Fact]
    public void Who_does_not_wait_after_all_leaves_the_first_place_to_others()
    {
        Task given = _signal.ArmFirst();
        _signal.Disarm(given);
        Task first = _signal.ArmFirst();
        Assert.NotSame(given, first);
        _signal.Disarm(given);
        _signal.PulseHere();
        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(given.IsCompleted);
    }

    private static async Task WaitAsync(Task armed, Action woken)
    {
        await armed.ConfigureAwait(false);
        woken();
    }
}
