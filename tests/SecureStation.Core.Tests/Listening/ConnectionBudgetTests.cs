using System.Net;
using SecureStation.Core.Listening;

namespace SecureStation.Core.Tests.Listening;

public class ConnectionBudgetTests
{
    private readonly ConnectionBudget<string> _budget = new(4);

    [Fact]
    public void The_oldest_of_the_source_with_the_most_goes()
    {
        Assert.Null(Add("198.51.100.1", "friend"));
        Assert.Null(Add("203.0.113.5", "a"));
        Assert.Null(Add("203.0.113.5", "b"));
        Assert.Null(Add("203.0.113.5", "c"));
        Assert.Equal("a", Add("203.0.113.5", "d"));
        Assert.Equal("b", Add("192.0.2.9", "other"));
        Assert.Equal("friend", Add("198.51.100.1", "friend 2")); // both have two now, and it is the oldest
        Assert.Equal(["c", "d", "friend 2", "other"], _budget.All.Order(StringComparer.Ordinal));
        Assert.Equal(4, _budget.Count);
    }

    [Fact]
    public void Where_all_have_equally_many_the_oldest_of_all_goes()
    {
        string[] names = ["a", "b", "c", "d", "e", "f"];
        string?[] dropped = [.. names.Select((name, i) => Add($"192.0.2.{i}", name))];
        Assert.Equal("----ab", string.Concat(dropped.Select(static name => name ?? "-")));
    }

    [Fact]
    public void An_address_on_loopback_is_no_source()
    {
        string[] names = ["a", "b", "c", "d", "e", "f"];
        string?[] dropped = [.. names.Select(name => Add(name is "c" ? "::1" : "127.0.0.1", name))];
        Assert.Equal("----ab", string.Concat(dropped.Select(static name => name ?? "-")));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::1", "::1", false)]
    [InlineData("127.0.0.1", "127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", false)]
    public void A_source_is_an_IPv4_address_or_an_IPv6_network(string left, string right, bool isSame) =>
        Assert.Equal(isSame, Source(left) == Source(right));

    [Fact]
    public void A_place_is_freed_once()
    {
        ConnectionBudget<string>.Place place = _budget.Add(Source("192.0.2.1"), "a", out _);
        _budget.Remove(place);
        _budget.Remove(place);
        Assert.Equal(0, _budget.Count);
        for (int i = 0; i < 6; i++)
        {
            Add("192.0.2.1", $"{i}");
        }

        Assert.Equal(4, _budget.Count);
    }

    [Fact]
    public void Whatever_comes_and_goes_the_count_is_right_and_the_places_are_never_exceeded()
    {
        var random = new Random(7);
        var budget = new ConnectionBudget<string>(50);
        var places = new Dictionary<string, (ConnectionBudget<string>.Place Place, int Source)>();
        for (int i = 0; i < 20_000; i++)
        {
            if (random.Next(3) > 0)
            {
                int source = random.Next(1 + random.Next(40));
                string name = $"{i}";
                ConnectionBudget<string>.Place place = budget.Add(Source($"192.0.2.{source}"), name, out string? dropped);
                places[name] = (place, source);
                if (dropped is not null)
                {
                    // It was of a source that had the most, and the oldest of that.
                    int[] counts = [.. places.Values.GroupBy(static value => value.Source).Select(static group => group.Count())];
                    int victim = places[dropped].Source;
                    Assert.Equal(counts.Max(), places.Values.Count(value => value.Source == victim));
                    Assert.Equal(dropped, places.Where(pair => pair.Value.Source == victim).MinBy(static pair => int.Parse(pair.Key, System.Globalization.CultureInfo.InvariantCulture)).Key);
                    places.Remove(dropped);
                }
            }
            else if (places.Count > 0)
            {
                string name = places.Keys.ElementAt(random.Next(places.Count));
                budget.Remove(places[name].Place);
                places.Remove(name);
            }

            Assert.Equal(places.Count, budget.Count);
            Assert.InRange(budget.Count, 0, 50);
        }
    }

    private static ConnectionSource Source(string address) => ConnectionSource.Of(new IPEndPoint(IPAddress.Parse(address), 1));

    private string? Add(string address, string name)
    {
        _budget.Add(Source(address), name, out string? dropped);
        return dropped;
    }
}
