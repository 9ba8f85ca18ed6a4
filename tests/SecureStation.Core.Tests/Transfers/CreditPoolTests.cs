using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

public class CreditPoolTests
{
    [Fact]
    public void All_credits_together_are_at_most_half_of_the_window()
    {
        var pool = new CreditPool(1024 * 1024);
        long[] granted = new long[3];
        CreditPool.Account[] accounts = [.. Enumerable.Range(0, 3).Select(i => pool.Open(bytes => granted[i] += bytes))];
        Array.ForEach(accounts, static account => account.Want(100L << 30));
        Assert.Equal(512 * 1024, granted.Sum());
        Assert.Equal([256 * 1024, 256 * 1024, 0], granted);

        // What was used and written is given again, in turn; what was only used is not.
        Assert.True(accounts[0].TryUse((int)granted[0]));
        Assert.Equal(512 * 1024, granted.Sum());
        accounts[0].Written(128 * 1024);
        Assert.Equal([256 * 1024, 256 * 1024, 128 * 1024], granted);
    }

    [Fact]
    public void A_transfer_that_is_alone_gets_all_of_it_and_never_more_than_it_needs()
    {
        var pool = new CreditPool(1024 * 1024);
        long granted = 0;
        CreditPool.Account account = pool.Open(bytes => granted += bytes);
        account.Want(1000);
        Assert.Equal(1000, granted);
        account.Want(10_000_000);
        Assert.Equal(1000 + (3 * 128 * 1024), granted);
        account.Close();
        Assert.Equal(pool.Size, pool.Available);
    }

    [Fact]
    public void Data_without_credit_is_seen()
    {
        var pool = new CreditPool(1024 * 1024);
        CreditPool.Account account = pool.Open(static _ => { });
        Assert.False(account.TryUse(1));
        account.Want(100);
        Assert.True(account.TryUse(60));
        Assert.False(account.TryUse(41));
        Assert.True(account.TryUse(40));
        account.Written(100);
        Assert.False(account.TryUse(1));
    }

    [Fact]
    public void What_a_transfer_held_goes_to_those_that_wait_when_it_ends()
    {
        var pool = new CreditPool(1024 * 1024);
        CreditPool.Account first = pool.Open(static _ => { });
        first.Want(1L << 30);
        long granted = 0;
        CreditPool.Account second = pool.Open(bytes => granted += bytes);
        second.Want(1L << 30);
        Assert.Equal(0, granted);
        first.Close();
        Assert.Equal(512 * 1024, granted);
        Assert.False(first.TryUse(1));
        first.Written(5);
        second.Close();
        Assert.Equal(pool.Size, pool.Available);
    }

    [Fact]
    public void A_tiny_window_still_gives_something()
    {
        var pool = new CreditPool(2);
        long granted = 0;
        CreditPool.Account account = pool.Open(bytes => granted += bytes);
        account.Want(10);
        Assert.Equal(1, granted);
        Assert.True(account.TryUse(1));
        account.Written(1);
        Assert.Equal(2, granted);
    }
}
