using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Listening;

/// <summary>
/// The sessions of one listener: those that are open, those that have ended and still hold messages, and those that nobody has accepted yet.
/// What happens at each connection and message takes the same time however many there are.
/// </summary>
internal sealed class AcceptedSessions(StationLimits limits)
{
    // A listener that nobody asks for its sessions must not keep every ended one for ever.
    private const int MaxEndedUnclaimed = 1024;

    // What an ended session costs beside its messages.
    private const int SessionCost = 8 * 1024;

    private readonly Lock _gate = new();
    private readonly LinkedList<AcceptedSession> _held = new();
    private readonly LinkedList<AcceptedSession> _unclaimed = new();
    private readonly LinkedList<AcceptedSession> _unclaimedEnded = new();
    private readonly Dictionary<Fingerprint, PeerSessions> _peers = [];
    private readonly ReadyQueue _ready = new();
    private readonly ArrivalSignal _accepted = new();
    private int _reserved;
    private int _open;
    private long _unread;
    private bool _isFinished;

    /// <summary>What ended sessions hold that nobody has read, in bytes.</summary>
    public long Unread
    {
        get
        {
            lock (_gate)
            {
                return _unread;
            }
        }
    }

    /// <summary>The peers whose ended sessions hold so much unread that they get no further one.</summary>
    public IReadOnlyList<Fingerprint> BusyPeers
    {
        get
        {
            lock (_gate)
            {
                return _peers.Values.Where(peer => peer.Unread > limits.MaxUnreadPerPeer).Select(static peer => peer.Key).ToArray();
            }
        }
    }

    /// <summary>The peers that have open sessions.</summary>
    public IReadOnlyList<Fingerprint> OpenPeers
    {
        get
        {
            lock (_gate)
            {
                return [.. _peers.Values.Where(static peer => peer.Open.Count > 0).Select(static peer => peer.Key)];
            }
        }
    }

    /// <summary>
    /// Keeps a place for a connection that is about to be a session, if there is one; <see cref="Add"/> fills it. Without it, all who are in
    /// the handshake at once would pass a full listener.
    /// </summary>
    public bool TryTakePlace(Fingerprint? peer)
    {
        lock (_gate)
        {
            if (IsFull() || _unread > limits.MaxUnread || (peer is not null && _peers.TryGetValue(peer, out PeerSessions? known) && known.Unread > limits.MaxUnreadPerPeer))
            {
                return false;
            }

            _reserved++;
            return true;
        }
    }

    /// <summary>Gives a place back that was not filled.</summary>
    public void ReturnPlace()
    {
        lock (_gate)
        {
            _reserved--;
        }
    }

    /// <summary>Fills a place with the session that it was kept for.</summary>
    public void Add(StationSession session, bool takesPlace = true)
    {
        AcceptedSession accepted;
        lock (_gate)
        {
            PeerSessions? peer = null;
            if (session.RemotePublicKey?.Fingerprint is { } key && !_peers.TryGetValue(key, out peer))
            {
                _peers[key] = peer = new PeerSessions(key);
            }

            accepted = new AcceptedSession(session, this, peer);
            session.Inbox.Watcher = accepted;
            _reserved -= takesPlace ? 1 : 0;
            _open++;
            peer?.Open.Add(accepted);
            accepted.Node = _held.AddLast(accepted);
            accepted.Unclaimed = _unclaimed.AddLast(accepted);
        }

        // What came, or ended it, before there was a watcher.
        if (session.EndReason is not null)
        {
            OnEnded(accepted);
        }

        _ready.Add(accepted);
        _accepted.Pulse();
    }

    /// <summary>The sessions that are open or hold messages, the oldest first.</summary>
    public IReadOnlyList<StationSession> List()
    {
        lock (_gate)
        {
            return [.. _held.Select(static accepted => accepted.Session)];
        }
    }

    /// <summary>The open sessions of a peer.</summary>
    public IReadOnlyList<StationSession> OpenOf(Fingerprint peer)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(peer, out PeerSessions? known) ? [.. known.Open.Select(static accepted => accepted.Session)] : [];
        }
    }

    public async Task<StationSession> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task accepted = _accepted.Arm();
            lock (_gate)
            {
                if (_unclaimed.First is { } first)
                {
                    ForgetUnclaimed(first.Value);
                    return first.Value.Session;
                }

                ThrowIfFinished();
            }

            await accepted.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<StationMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task arrived = _ready.Signal.Arm();
            bool isFinished = Volatile.Read(ref _isFinished);
            if (_ready.TryTake(out StationMessage? message))
            {
                return message;
            }

            if (isFinished)
            {
                ThrowIfFinished();
            }

            await arrived.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public bool TryReceive([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StationMessage? message) => _ready.TryTake(out message);

    /// <summary>The listener has stopped: whoever waits learns it.</summary>
    public void Finish()
    {
        Volatile.Write(ref _isFinished, true);
        _accepted.Pulse();
        _ready.Signal.Pulse();
    }

    internal void OnArrived(AcceptedSession accepted) => _ready.Add(accepted);

    internal void OnTaken(AcceptedSession accepted)
    {
        if (accepted.HasEnded)
        {
            lock (_gate)
            {
                CountUnread(accepted);
            }
        }
    }

    internal void OnEnded(AcceptedSession accepted)
    {
        lock (_gate)
        {
            if (accepted.HasEnded)
            {
                return;
            }

            accepted.HasEnded = true;
            _open--;
            accepted.Peer?.Open.Remove(accepted);
            CountUnread(accepted);
            if (accepted.Unclaimed is not null)
            {
                accepted.UnclaimedEnded = _unclaimedEnded.AddLast(accepted);
                if (_unclaimedEnded.Count > MaxEndedUnclaimed)
                {
                    ForgetUnclaimed(_unclaimedEnded.First!.Value);
                }
            }
        }

        // What came together with the fault that ended it was told to nobody.
        _ready.Add(accepted);
    }

    // Under the gate, as all below. What has ended is let go of when it has been read.
    private void CountUnread(AcceptedSession accepted)
    {
        if (accepted.Node is not { } node)
        {
            return;
        }

        bool isEmpty = accepted.Session.InboxCount == 0;
        long unread = isEmpty ? 0 : SessionCost + accepted.Session.Inbox.Held;
        _unread += unread - accepted.Unread;
        if (accepted.Peer is { } peer)
        {
            peer.Unread += unread - accepted.Unread;
            if (peer is { Unread: 0, Open.Count: 0 })
            {
                _peers.Remove(peer.Key);
            }
        }

        accepted.Unread = unread;
        if (isEmpty)
        {
            accepted.Node = null;
            _held.Remove(node);
        }
    }

    private void ForgetUnclaimed(AcceptedSession accepted)
    {
        _unclaimed.Remove(accepted.Unclaimed!);
        accepted.Unclaimed = null;
        if (accepted.UnclaimedEnded is { } ended)
        {
            _unclaimedEnded.Remove(ended);
            accepted.UnclaimedEnded = null;
        }
    }

    // A session that closes at this moment may not have said so yet, and one that waits for its peer takes no place: only a full listener looks at each.
    private bool IsFull() => _reserved + _open >= limits.MaxSessions
        && _reserved + _held.Count(static accepted => accepted.Session.State is not (StationSessionState.Closed or StationSessionState.Reconnecting)) >= limits.MaxSessions;

    private void ThrowIfFinished()
    {
        if (_isFinished)
        {
            throw new StationException(StationFault.SessionClosed, "The listener was stopped.");
        }
    }
}
