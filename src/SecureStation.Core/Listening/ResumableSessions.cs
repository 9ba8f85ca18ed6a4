using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;

namespace SecureStation.Core.Listening;

/// <summary>
/// The sessions of a listener whose peers may come back for them (docs/protocol/station-1.md, section 12): which they are, how many may wait without a
/// connection, and how much they may hold. What a peer was told is acknowledged is never dropped: a session that is lost keeps its inbox.
/// </summary>
/// <param name="limits">How many and how much.</param>
/// <param name="sessions">The listener's sessions: what its ended ones hold counts too.</param>
/// <param name="time">The clock.</param>
/// <param name="state">What keeps them over the end of the process.</param>
internal sealed class ResumableSessions(StationLimits limits, AcceptedSessions sessions, TimeProvider time, OpenState? state = null) : ISessionKeeper
{
    // So many ended sessions are remembered at most.
    private const int MaxEnded = 4096;

    // What a session without a connection costs beside its messages.
    private const int SessionCost = 8 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SecureSession> _sessions = new(StringComparer.Ordinal);
    private readonly DetachedSessions<SecureSession> _detached = new(limits.MaxDetachedSessions, limits.MaxDetachedPerPeer);
    private readonly Dictionary<string, (Fingerprint Peer, ulong LastId, TimeSpan Until)> _ended = new(StringComparer.Ordinal);
    private readonly Queue<string> _endedInOrder = new();

    // Sessions that failed at the state, which has them: their peers come back for them, and there may be room on the disk by then.
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private StationKeyPair? _own;
    private readonly ResumeRates _rates = new(limits.MaxResumesPerSecond);
    private Action<SecureSession> _prepare = static _ => { };
    private readonly long _origin = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_origin);

    public void Add(SecureSession session)
    {
        lock (_gate)
        {
            _sessions[session.Id] = session;
        }
    }

    public SessionJournal? CreateJournal() => state is null ? null : new SessionJournal(state.Retain());

    /// <summary>Takes up the sessions that the state has kept, with what is unread in them; those that are over too.</summary>
    /// <param name="own">The listener's identity.</param>
    /// <param name="prepare">Holds a session to what its peer may do now, and has it offer what the listener's sessions do, before its peer is back.</param>
    public void Restore(StationKeyPair own, Action<SecureSession> prepare)
    {
        _own = own;
        _prepare = prepare;
        foreach (StoredSession stored in state?.Take(static all => all.Where(static stored => stored.Role == StationRole.Responder && (stored.Over is null || stored.Unread > 0))) ?? [])
        {
            SecureSession session = Restore(stored);
            if (stored.Over is not null)
            {
                session.LoseAsStored(stored);
            }
        }
    }

    private SecureSession Restore(StoredSession stored)
    {
        var session = new SecureSession(SecureSession.Describe(stored, _own!), stored, CreateJournal()!, limits, time, this, reconnector: null);
        Add(session);
        sessions.Add(session, takesPlace: false);
        _prepare(session);
        Changed(session);
        return session;
    }

    // False: the state cannot be read now.
    private bool TryRestoreFailed(string id)
    {
        lock (_gate)
        {
            if (!_failed.Contains(id))
            {
                return true;
            }

            if (state!.IsInUse(new SessionKey(id, StationRole.Responder)))
            {
                // It has ended, and is about to let go of the state.
                return false;
            }

            _failed.Remove(id);
        }

        try
        {
            foreach (StoredSession stored in state.Take(all => all.Where(stored => stored.Role == StationRole.Responder && stored.Id == id && stored.Over is null)))
            {
                Restore(stored);
            }

            return true;
        }
        catch (StationException)
        {
            lock (_gate)
            {
                _failed.Add(id);
            }

            return false;
        }
    }

    public (SecureSession? Session, StationReason Refusal, ulong LastId) Find(ResumeAnswer asked)
    {
        string id = asked.Welcome!.SessionId;
        Fingerprint peer = asked.Description.RemotePublicKey!.Fingerprint;
        if (!TryRestoreFailed(id))
        {
            return (null, StationReason.Busy, 0);
        }

        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out SecureSession? session))
            {
                return _ended.TryGetValue(id, out (Fingerprint Peer, ulong LastId, TimeSpan Until) ended) && ended.Peer == peer && Now < ended.Until
                    ? (null, StationReason.Closed, ended.LastId)
                    : (null, StationReason.NotResumed, 0);
            }

            if (session.RemotePublicKey!.Fingerprint != peer || !asked.Welcome.IsKept || asked.Description.Suite != SuiteToResumeWith(session))
            {
                return (null, StationReason.NotResumed, 0);
            }

            // One that has only just begun is not ready yet; one that was never agreed to be kept is not.
            return !session.IsResumable && session.IsStarted ? (null, StationReason.NotResumed, 0)
                : !session.IsResumable || !_rates.TryPass(peer, Now) ? (null, StationReason.Busy, 0)
                : (session, default, 0);
        }
    }

    public void Changed(SecureSession session)
    {
        // Looked up before the gate: what changes meanwhile is told again.
        bool isOver = session.EndReason is not null;
        lock (_gate)
        {
            if (isOver)
            {
                Forget(session);
            }
            else if (session.IsCut && _sessions.ContainsKey(session.Id))
            {
                _detached.Set(session, session.RemotePublicKey!.Fingerprint, SessionCost + session.Inbox.Held + session.HeldOutgoing);
            }
            else
            {
                _detached.Remove(session);
            }
        }

        LoseWhatIsTooMuch();
    }

    // What ended sessions hold, those that are lost here too, leaves a quarter of the budget to those that wait: else one peer's would push out all others'.
    private void LoseWhatIsTooMuch()
    {
        while (true)
        {
            SecureSession? surplus;
            lock (_gate)
            {
                surplus = _detached.FindSurplus(Math.Max(limits.MaxUnread - sessions.Unread, limits.MaxUnread / 4));
                if (surplus is null)
                {
                    return;
                }

                _detached.Remove(surplus);
            }

            surplus.Lose("The session was cut, and the listener had no room to keep it until its peer came back.");
        }
    }

    // Under the gate.
    private void Forget(SecureSession session)
    {
        _detached.Remove(session);
        if (session is { IsStored: true, EndReason.Fault: StationFault.StateFailed })
        {
            _sessions.Remove(session.Id);
            _failed.Add(session.Id);
            return;
        }

        if (!_sessions.Remove(session.Id) || !session.IsResumable || session.EndReason!.Fault == StationFault.SessionLost)
        {
            return;
        }

        TimeSpan now = Now;
        _ended[session.Id] = (session.RemotePublicKey!.Fingerprint, session.LastId, now + limits.ResumeWindow);
        _endedInOrder.Enqueue(session.Id);
        while (_endedInOrder.TryPeek(out string? first) && (_endedInOrder.Count > MaxEnded || _ended[first].Until <= now))
        {
            _ended.Remove(_endedInOrder.Dequeue());
        }
    }

    // Who came with an invitation comes back by its key alone.
    private static string SuiteToResumeWith(SecureSession session) => StationSuite.Parse(session.Suite).WithoutInvitation().Name;
}
