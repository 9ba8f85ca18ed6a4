using SecureStation.Core.Keys;
using SecureStation.Core.Listening;

namespace SecureStation.Core.Tests.Listening;

/// <summary>Which session a listener loses when too many wait for their peers, or hold too much.</summary>
public class DetachedSessionsTests
{
    private static readonly Fingerprint s_a = NewPeer();
    private static readonly Fingerprint s_b = NewPeer();
    private static readonly Fingerprint s_c = NewPeer();

    private readonly DetachedSessions<string> _sessions = new(most: 4, mostOfOne: 3);

    [Fact]
    public void Within_the_bounds_none_is_too_many()
    {
        Set(s_a, "a1", "a2", "a3");
        Set(s_b, "b1");
        Assert.Null(_sessions.FindSurplus(room: 40));
        Assert.Equal((4, 40), (_sessions.Count, _sessions.Held));
    }

    [Fact]
    public void Of_a_peer_that_has_too_many_its_oldest_is()
    {
        Set(s_b, "b1");
        Set(s_a, "a1", "a2", "a3");
        _sessions.Remove("b1");
        Set(s_a, "a4");
        Assert.Equal("a1", _sessions.FindSurplus(room: 1000));
        _sessions.Remove("a1");
        Assert.Null(_sessions.FindSurplus(room: 1000));
    }

    [Fact]
    public void Of_all_the_peer_with_the_most_loses_its_oldest_and_others_keep_theirs()
    {
        Set(s_b, "b1");
        Set(s_a, "a1", "a2", "a3");
        Set(s_c, "c1");
        Assert.Equal("a1", _sessions.FindSurplus(room: 1000));
    }

    [Fact]
    public void Of_equal_peers_it_is_the_oldest()
    {
        var sessions = new DetachedSessions<string>(most: 2, mostOfOne: 3);
        sessions.Set("c1", s_c, 1);
        sessions.Set("a1", s_a, 1);
        sessions.Set("b1", s_b, 1);
        Assert.Equal("c1", sessions.FindSurplus(room: 1000));
    }

    [Fact]
    public void What_they_hold_counts_by_peer_and_by_what_it_is_now()
    {
        Set(s_b, "b1");
        Set(s_a, "a1", "a2");
        _sessions.Set("a2", s_a, 500);
        Assert.Equal("a1", _sessions.FindSurplus(room: 100));
        _sessions.Remove("a1");
        Assert.Equal("a2", _sessions.FindSurplus(room: 100));
        _sessions.Remove("a2");
        Assert.Null(_sessions.FindSurplus(room: 100));
        Assert.Equal(10, _sessions.Held);
        Assert.Equal("b1", _sessions.FindSurplus(room: 9));
        _sessions.Remove("b1");
        Assert.Null(_sessions.FindSurplus(room: -1));
    }

    private void Set(Fingerprint peer, params string[] sessions)
    {
        foreach (string session in sessions)
        {
            _sessions.Set(session, peer, held: 10);
        }
    }

    private static Fingerprint NewPeer()
    {
        using var key = StationKeyPair.Generate();
        return key.Fingerprint;
    }
}
