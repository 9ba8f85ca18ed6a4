using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions.Secure;

public class ReadBufferTests
{
    private const int Idle = 2 * 1024;

    [Fact]
    public void A_short_read_within_a_burst_does_not_end_it_and_eight_in_a_row_do()
    {
        using ReadBuffer buffer = InBurst();
        for (int i = 0; i < 7; i++)
        {
            buffer.MakeRoom(10);
        }

        Assert.True(buffer.IsInBurst);
        buffer.MakeRoom(Idle);
        buffer.MakeRoom(10);
        Assert.True(buffer.IsInBurst);
        for (int i = 0; i < 7; i++)
        {
            buffer.MakeRoom(10);
        }

        Assert.False(buffer.IsInBurst);
        Assert.Equal(Idle, buffer.Free.Length);
    }

    [Fact]
    public void A_pause_ends_a_burst_of_which_nothing_is_left_and_loses_nothing()
    {
        using ReadBuffer buffer = InBurst();
        buffer.Add([1, 2, 3]);
        buffer.Rest();
        Assert.True(buffer.IsInBurst);
        Assert.Equal([1, 2, 3], buffer.Filled.ToArray());

        buffer.Eat(3);
        buffer.Rest();
        Assert.False(buffer.IsInBurst);
    }

    private static ReadBuffer InBurst()
    {
        var buffer = new ReadBuffer();
        buffer.Add(new byte[Idle]);
        buffer.Eat(Idle);
        buffer.MakeRoom(Idle);
        Assert.True(buffer.IsInBurst);
        return buffer;
    }
}
