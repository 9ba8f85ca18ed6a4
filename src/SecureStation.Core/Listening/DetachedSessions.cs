using SecureStation.Core.Keys;

namespace SecureStation.Core.Listening;

/// <summary>
/// The sessions without a connection, and what each holds, by peer. Where there is too much, the peer that has most loses its oldest: nobody
/// pushes out the sessions of others with many of his own. Not thread-safe.
/// </summary>
/// <param name="most">How many there may be.</param>
/// <param name="mostOfOne">How many there may be of one peer.</param>
internal sealed class DetachedSessions<TSession>(int most, int mostOfOne)
    where TSession : class
{
    private readonly Dictionary<Fingerprint, OfPeer> _peers = [];
    private readonly Dictionary<TSession, (OfPeer Peer, LinkedListNode<Entry> Node)> _nodes = [];
    private OfPeer? _crowded;
    private long _cuts;

    public int Count => _nodes.Count;

    /// <summary>What they hold together, in bytes.</summary>
    public long Held { get; private set; }

    /// <summary>Takes a session in, or notes what it holds now.</summary>
    public void Set(TSession session, Fingerprint key, long held)
    {
        if (_nodes.TryGetValue(session, out (OfPeer Peer, LinkedListNode<Entry> Node) place))
        {
            Add(place.Peer, held - place.Node.Value.Held);
            place.Node.Value = place.Node.Value with { Held = held };
            return;
        }

        if (!_peers.TryGetValue(key, out OfPeer? peer))
        {
            _peers[key] = peer = new OfPeer(key);
        }

        _nodes[session] = (peer, peer.Sessions.AddLast(new Entry(session, held, ++_cuts)));
        Add(peer, held);
        _crowded = peer.Sessions.Count > mostOfOne ? peer : _crowded;
    }

    public void Remove(TSession session)
    {
        if (_nodes.Remove(session, out (OfPeer Peer, LinkedListNode<Entry> Node) place))
        {
            Add(place.Peer, -place.Node.Value.Held);
            place.Peer.Sessions.Remove(place.Node);
            if (place.Peer.Sessions.Count == 0)
            {
                _peers.Remove(place.Peer.Key);
            }
        }
    }

    /// <summary>One that is too many, where together they may hold so many bytes; null: none.</summary>
    public TSession? FindSurplus(long room)
    {
        _crowded = _crowded?.Sessions.Count > mostOfOne ? _crowded : null;
        OfPeer? worst = _crowded
            ?? (Count > most ? Worst(static peer => peer.Sessions.Count) : null)
            ?? (Held > room && Count > 0 ? Worst(static peer => peer.Held) : null);
        return worst?.Sessions.First!.Value.Session;
    }

    // Of equal ones that whose oldest was cut first.
    private OfPeer Worst(Func<OfPeer, long> measure) => _peers.Values.OrderByDescending(measure).ThenBy(static peer => peer.Sessions.First!.Value.Cut).First();

    private void Add(OfPeer peer, long bytes)
    {
        peer.Held += bytes;
        Held += bytes;
    }

    private readonly record struct Entry(TSession Session, long Held, long Cut);

    private sealed class OfPeer(Fingerprint key)
    {
        public Fingerprint Key => key;

        public LinkedList<Entry> Sessions { get; } = new();

        public long Held { get; set; }
    }
}
