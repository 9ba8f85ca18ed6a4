using SecureStation.Core.Requests;

namespace SecureStation.Core.Tests.Requests;

public class RequestScheduleTests
{
    [Fact]
    public void As_many_run_as_may_the_rest_waits_in_order_and_a_peer_with_enough_is_passed_over()
    {
        var schedule = new RequestSchedule<string>(new RequestLimits { MaxRunning = 3, MaxRunningPerPeer = 2 });
        Assert.True(Add(schedule, "a1"));
        Assert.True(Add(schedule, "a2"));
        Assert.False(Add(schedule, "a3"));
        Assert.False(Add(schedule, "a4"));
        Assert.True(Add(schedule, "b1"));
        Assert.False(Add(schedule, "b2"));
        Assert.Equal("b2", schedule.End("b1"));
        Assert.Equal("a3", schedule.End("a1"));
        Assert.True(schedule.TryRemove("a4"));
        Assert.False(schedule.TryRemove("a4"));
        Assert.Null(schedule.End("a2"));
        Assert.Null(schedule.End("a3"));
        Assert.Null(schedule.End("b2"));
        Assert.Empty(schedule.Running);
        Assert.True(Add(schedule, "c1"));
    }

    [Fact]
    public void What_waits_and_what_it_takes_is_bounded_for_a_peer_and_for_all()
    {
        var schedule = new RequestSchedule<string>(new RequestLimits { MaxRunning = 1, MaxWaitingPerPeer = 2, MaxWaiting = 3, MaxBytesPerPeer = 100, MaxBytes = 150 });
        Assert.True(schedule.TryAdd("a1", "a", 60, out _));
        Assert.True(schedule.TryAdd("a2", "a", 0, out _));
        Assert.True(schedule.TryAdd("a3", "a", 0, out _));
        Assert.False(schedule.TryAdd("a4", "a", 0, out _));
        Assert.False(schedule.TryAdd("b1", "b", 101, out _));
        Assert.False(schedule.TryAdd("b1", "b", 91, out _));
        Assert.True(schedule.TryAdd("b1", "b", 90, out _));
        Assert.False(schedule.TryAdd("c1", "c", 0, out _));
        Assert.Equal("a2", schedule.End("a1"));
        Assert.True(schedule.TryAdd("c1", "c", 60, out _));
        Assert.True(schedule.TryRemove("b1"));
        Assert.True(schedule.TryAdd("d1", "d", 90, out _));
    }

    private static bool Add(RequestSchedule<string> schedule, string name)
    {
        Assert.True(schedule.TryAdd(name, name[..1], 0, out bool starts));
        return starts;
    }
}
