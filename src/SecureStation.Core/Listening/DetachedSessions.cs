using SecureStation.Core.Keys;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Listening;

/// <summary>The sessions without a connection, the oldest cut first, with what each holds. Not thread-safe.</summary>
internal sealed class DetachedSessions(int most, int mostOfOne)
{
    private readonly LinkedList<(SecureSession Session, long Held)> _inOrder = new();
    private readonly Dictionary<SecureSession, LinkedListNode<(SecureSession Session, long Held)>> _nodes = [];
    private readonly Dictionary<Fingerprint, int> _counts = [];
    private Fingerprint? _crowded;

    public int Count => _inOrder.Count;

    /// <summary>What they hold together, in bytes.</summary>
    public long Held { get; private set; }

    public SecureSession? Oldest => _inOrder.First?.Value.Session;

    /// <summary>Takes a session in, or notes what it holds now.</summary>
    public void Set(SecureSession session, long held)
    {
        if (_nodes.TryGetValue(session, out LinkedListNode<(SecureSession Session, long Held)>? node))
        {
            Held += held - node.Value.Held;
            node.Value = (session, held);
            return;
        }

        Held += held;
        _nodes[session] = _inOrder.AddLast((session, held));
        Fingerprint peer = PeerOf(session);
        int count = _counts.GetValueOrDefault(peer) + 1;
        _counts[peer] = count;
        _crowded = count > mostOfOne ? peer : _crowded;
    }

    public void Remove(SecureSession session)
    {
        if (_nodes.Remove(session, out LinkedListNode<(SecureSession Session, long Held)>? node))
        {
            Held -= node.Value.Held;
            _inOrder.Remove(node);
            Fingerprint peer = PeerOf(session);
            if (--_counts[peer] == 0)
            {
                _counts.Remove(peer);
            }
        }
    }

    /// <summary>One that is too many: the oldest of an identity that has too many, or of all.</summary>
    public SecureSession? FindSurplus()
    {
        if (_crowded is { } peer)
        {
            if (_counts.GetValueOrDefault(peer) > mostOfOne)
            {
                return _inOrder.First(entry => PeerOf(entry.Session) == peer).Session;
            }

            _crowded = null;
        }

        return _inOrder.Count > most ? Oldest : null;
    }

    private static Fingerprint PeerOf(SecureSession session) => session.RemotePublicKey!.Fingerprint;
}
