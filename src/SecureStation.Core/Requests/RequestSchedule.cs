namespace SecureStation.Core.Requests;

/// <summary>
/// Which requests of a handler run and which wait: in the order of their arrival, except that a peer who has as many as it may is passed over. Not
/// thread-safe; runs nothing.
/// </summary>
/// <typeparam name="T">A request.</typeparam>
internal sealed class RequestSchedule<T>(RequestLimits limits)
    where T : class
{
    private readonly LinkedList<Entry> _waiting = new();
    private readonly Dictionary<T, LinkedListNode<Entry>> _places = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<T, Entry> _running = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, PeerLoad> _peers = [];
    private long _bytes;

    /// <summary>Those that run.</summary>
    public IReadOnlyCollection<T> Running => _running.Keys;

    /// <summary>Those that wait.</summary>
    public IReadOnlyCollection<T> Waiting => _places.Keys;

    /// <summary>Takes a request in. False: too many are here.</summary>
    /// <param name="request">The request.</param>
    /// <param name="peer">Whose.</param>
    /// <param name="bytes">What it takes in memory.</param>
    /// <param name="starts">Whether it runs from now on; else it waits.</param>
    public bool TryAdd(T request, string peer, long bytes, out bool starts)
    {
        PeerLoad load = _peers.GetValueOrDefault(peer);
        starts = _running.Count < limits.MaxRunning && load.Running < limits.MaxRunningPerPeer;
        if (load.Bytes + bytes > limits.MaxBytesPerPeer
            || _bytes + bytes > limits.MaxBytes
            || (!starts && (load.Waiting >= limits.MaxWaitingPerPeer || _waiting.Count >= limits.MaxWaiting)))
        {
            return false;
        }

        var entry = new Entry(request, peer, bytes);
        _bytes += bytes;
        if (starts)
        {
            _running[request] = entry;
        }
        else
        {
            _places[request] = _waiting.AddLast(entry);
        }

        Note(peer, running: starts ? 1 : 0, waiting: starts ? 0 : 1, bytes);
        return true;
    }

    /// <summary>A request that waits is wanted no longer. False: it does not wait.</summary>
    public bool TryRemove(T request)
    {
        if (!_places.Remove(request, out LinkedListNode<Entry>? place))
        {
            return false;
        }

        _waiting.Remove(place);
        _bytes -= place.Value.Bytes;
        Note(place.Value.Peer, running: 0, waiting: -1, -place.Value.Bytes);
        return true;
    }

    /// <summary>A request has ended. Returns the one that runs in its place, if any.</summary>
    public T? End(T request)
    {
        if (_running.Remove(request, out Entry ended))
        {
            _bytes -= ended.Bytes;
            Note(ended.Peer, running: -1, waiting: 0, -ended.Bytes);
        }

        for (LinkedListNode<Entry>? place = _waiting.First; place is not null && _running.Count < limits.MaxRunning; place = place.Next)
        {
            Entry entry = place.Value;
            if (_peers[entry.Peer].Running < limits.MaxRunningPerPeer)
            {
                _waiting.Remove(place);
                _places.Remove(entry.Request);
                _running[entry.Request] = entry;
                Note(entry.Peer, running: 1, waiting: -1, bytes: 0);
                return entry.Request;
            }
        }

        return null;
    }

    private void Note(string peer, int running, int waiting, long bytes)
    {
        PeerLoad load = _peers.GetValueOrDefault(peer);
        load = new PeerLoad(load.Running + running, load.Waiting + waiting, load.Bytes + bytes);
        if (load is { Running: 0, Waiting: 0 })
        {
            _peers.Remove(peer);
        }
        else
        {
            _peers[peer] = load;
        }
    }

    private readonly record struct Entry(T Request, string Peer, long Bytes);

    private readonly record struct PeerLoad(int Running, int Waiting, long Bytes);
}
