using SecureStation.Core.Messages;

namespace SecureStation.Core.Tests.Messages;

public class SpareBodiesTests
{
    private readonly SpareBodies _spare = new();

    [Fact]
    public void A_body_comes_back_for_one_of_its_length_once()
    {
        byte[] body = new byte[64 * 1024];
        _spare.Return(body);
        Assert.Null(_spare.TryTake(body.Length - 1));
        Assert.Same(body, _spare.TryTake(body.Length));
        Assert.Null(_spare.TryTake(body.Length));
    }

    [Fact]
    public void They_hold_a_MiB_at_most_and_nothing_small()
    {
        for (int i = 0; i < 100; i++)
        {
            _spare.Return(new byte[64 * 1024]);
        }

        int held = 0;
        while (_spare.TryTake(64 * 1024) is not null)
        {
            held++;
        }

        Assert.Equal(16, held);
        _spare.Return(new byte[SpareBodies.MinLength - 1]);
        _spare.Return(new byte[2 * 1024 * 1024]);
        Assert.Null(_spare.TryTake(SpareBodies.MinLength - 1));
        Assert.Null(_spare.TryTake(2 * 1024 * 1024));
    }

    [Fact]
    public void Those_of_another_length_give_way_to_the_last()
    {
        _spare.Return(new byte[64 * 1024]);
        _spare.Return(new byte[32 * 1024]);
        Assert.NotNull(_spare.TryTake(32 * 1024));
        Assert.Null(_spare.TryTake(64 * 1024));
    }
}
