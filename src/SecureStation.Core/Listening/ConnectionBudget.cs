using System.Diagnostics.CodeAnalysis;

namespace SecureStation.Core.Listening;

/// <summary>
/// Places for so many connections and never more. When there are too many, the oldest of the source that has the most goes, never a newcomer
/// of another: so whoever fills the places takes them from himself, and where all have equally many, the oldest of all goes. Not thread-safe.
/// </summary>
internal sealed class ConnectionBudget<T>(int places)
    where T : class
{
    private readonly Dictionary<ConnectionSource, Group> _groups = [];

    // The source with the most first; among equals the one with the oldest connection.
    private readonly SortedSet<Group> _order = new(Comparer<Group>.Create(static (left, right) => left.Members.Count != right.Members.Count
        ? right.Members.Count.CompareTo(left.Members.Count)
        : left.Oldest.CompareTo(right.Oldest)));

    private long _arrivals;

    /// <summary>How many places are taken.</summary>
    public int Count { get; private set; }

    /// <summary>All who have a place.</summary>
    public IEnumerable<T> All => _groups.Values.SelectMany(static group => group.Members).Select(static place => place.Connection);

    /// <summary>Gives a connection a place.</summary>
    /// <param name="source">Whom it counts for.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="dropped">Whose place it got; null where one was free.</param>
    public Place Add(ConnectionSource source, T connection, out T? dropped)
    {
        if (!_groups.TryGetValue(source, out Group? group))
        {
            _groups[source] = group = new Group(source);
        }

        var place = new Place(connection, group, _arrivals++);
        _order.Remove(group);
        place.Node = group.Members.AddLast(place);
        _order.Add(group);
        Count++;
        dropped = null;
        if (Count > places)
        {
            TryTakeOldest(out dropped);
        }

        return place;
    }

    /// <summary>Takes away the place that goes first. False: none is taken.</summary>
    public bool TryTakeOldest([NotNullWhen(true)] out T? taken)
    {
        taken = null;
        if (_order.Min?.Members.First?.Value is { } oldest)
        {
            Remove(oldest);
            taken = oldest.Connection;
        }

        return taken is not null;
    }

    /// <summary>Frees a place. Nothing happens where it is free already.</summary>
    public void Remove(Place place)
    {
        if (place.Node is not { } node)
        {
            return;
        }

        place.Node = null;
        Count--;
        Group group = place.Group;
        _order.Remove(group);
        group.Members.Remove(node);
        if (group.Members.Count > 0)
        {
            _order.Add(group);
        }
        else
        {
            _groups.Remove(group.Source);
        }
    }

    /// <summary>A connection's place.</summary>
    internal sealed class Place(T connection, Group group, long arrival)
    {
        public T Connection => connection;

        public Group Group => group;

        public long Arrival => arrival;

        /// <summary>Where it stands in its group; null once it is free.</summary>
        public LinkedListNode<Place>? Node { get; set; }
    }

    /// <summary>The places of one source, the oldest first.</summary>
    internal sealed class Group(ConnectionSource source)
    {
        public ConnectionSource Source => source;

        public LinkedList<Place> Members { get; } = new();

        public long Oldest => Members.First?.Value.Arrival ?? -1;
    }
}
