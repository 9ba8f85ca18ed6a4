using SecureStation.Core.Auditing;

namespace SecureStation.Core.Tests.Auditing;

public class FloodGateTests
{
    private static readonly DateTimeOffset s_begin = new(2026, 11, 28, 8, 0, 0, TimeSpan.Zero);

    private readonly FloodGate _gate = new();

    [Fact]
    public void The_first_passes_and_the_rest_of_a_second_is_one_line_with_a_count()
    {
        Assert.True(_gate.TryPass(Refusal("10.0.0.1:1000"), s_begin));
        for (int i = 1; i <= 500; i++)
        {
            Assert.False(_gate.TryPass(Refusal($"10.0.0.1:{1000 + i}"), s_begin.AddMilliseconds(i)));
        }

        Assert.Empty(_gate.TakeDue(s_begin.AddMilliseconds(999)));
        (AuditEvent last, long count) = Assert.Single(_gate.TakeDue(s_begin.AddSeconds(1)));
        Assert.Equal(500, count);
        Assert.Equal("10.0.0.1:1500", last.Address);
    }

    [Fact]
    public void Another_address_or_reason_is_not_held_back()
    {
        Assert.True(_gate.TryPass(Refusal("10.0.0.1:1"), s_begin));
        Assert.True(_gate.TryPass(Refusal("10.0.0.2:1"), s_begin));
        Assert.True(_gate.TryPass(Refusal("10.0.0.1:1", "Timeout"), s_begin));
        Assert.True(_gate.TryPass(Refusal("[::1]:1"), s_begin));
        Assert.False(_gate.TryPass(Refusal("[::1]:2"), s_begin));
    }

    [Fact]
    public void What_is_no_flood_always_passes()
    {
        var ended = new AuditEvent(AuditEventKind.Ended) { Address = "10.0.0.1:1" };
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(_gate.TryPass(ended, s_begin)));
        Assert.Null(_gate.NextDue);
    }

    [Fact]
    public void A_flood_that_goes_on_is_a_line_a_second()
    {
        int lines = 0;
        for (int i = 0; i < 10_000; i++)
        {
            DateTimeOffset now = s_begin.AddMilliseconds(i);
            lines += _gate.TryPass(Refusal("10.0.0.1:1"), now) ? 1 : 0;
            lines += _gate.TakeDue(now).Count;
        }

        Assert.InRange(lines, 10, 11);
    }

    [Fact]
    public void A_quiet_second_later_the_next_one_passes_at_once()
    {
        Assert.True(_gate.TryPass(Refusal("10.0.0.1:1"), s_begin));
        Assert.Empty(_gate.TakeDue(s_begin.AddSeconds(1)));
        Assert.Null(_gate.NextDue);
        Assert.True(_gate.TryPass(Refusal("10.0.0.1:1"), s_begin.AddSeconds(2)));
    }

    [Fact]
    public void From_more_addresses_than_it_tells_apart_none_is_forgotten()
    {
        long passed = 0;
        for (int i = 0; i < 5000; i++)
        {
            passed += _gate.TryPass(Refusal($"10.{i >> 8}.{i & 255}.1:1"), s_begin) ? 1 : 0;
        }

        Assert.Equal(FloodGate.MaxKeys, passed);
        (AuditEvent others, long count) = Assert.Single(_gate.TakeDue(s_begin, all: true));
        Assert.Equal(5000 - FloodGate.MaxKeys, count);
        Assert.Equal("other addresses", others.Address);
    }

    private static AuditEvent Refusal(string address, string reason = "PeerUntrusted") =>
        new(AuditEventKind.Refused) { Address = address, Reason = reason };
}
