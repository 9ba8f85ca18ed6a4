using SecureStation.Core.Sessions;

namespace SecureStation.Core.Listening;

/// <summary>A session as its listener keeps it. What stands here is <see cref="AcceptedSessions"/>'s and <see cref="ReadyQueue"/>'s to change.</summary>
internal sealed class AcceptedSession(StationSession session, AcceptedSessions owner, PeerSessions? peer) : IInboxWatcher
{
    private int _isReady;

    public StationSession Session => session;

    /// <summary>Its peer's; null in protocols that prove no key.</summary>
    public PeerSessions? Peer => peer;

    public bool HasEnded { get; set; }

    /// <summary>What it counts among the unread of ended sessions, in bytes.</summary>
    public long Unread { get; set; }

    /// <summary>Where it stands among the sessions that are open or unread; null when it is neither.</summary>
    public LinkedListNode<AcceptedSession>? Node { get; set; }

    /// <summary>Where it stands among those that nobody has accepted yet.</summary>
    public LinkedListNode<AcceptedSession>? Unclaimed { get; set; }

    /// <summary>Where it stands among those of them that have ended.</summary>
    public LinkedListNode<AcceptedSession>? UnclaimedEnded { get; set; }

    /// <summary>Takes the one place in the queue of those that have messages. False: it has it.</summary>
    public bool TryBeReady() => Interlocked.Exchange(ref _isReady, 1) == 0;

    /// <summary>It has left that queue.</summary>
    public void BeReadyNoMore() => Interlocked.Exchange(ref _isReady, 0);

    void IInboxWatcher.Arrived() => owner.OnArrived(this);

    void IInboxWatcher.Taken() => owner.OnTaken(this);

    void IInboxWatcher.Ended() => owner.OnEnded(this);
}
