using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>Ends the sessions of peers whom their listener would let in no longer, and keeps the others to what their records allow.</summary>
internal sealed class SessionGuard : IDisposable
{
    private readonly ListenerTrust _trust;
    private readonly StationKeyPair _own;
    private readonly AcceptedSessions _sessions;
    private readonly IDisposable? _watch;

    public SessionGuard(ListenerTrust trust, StationKeyPair own, AcceptedSessions sessions)
    {
        _trust = trust;
        _own = own;
        _sessions = sessions;
        _watch = trust.Store?.Watch(OnChanged);
    }

    /// <summary>
    /// Looks at a session that has just come to be: trust may have been withdrawn between its admission and the moment when it could be found among
    /// the listener's sessions.
    /// </summary>
    public void Check(StationSession session)
    {
        if (_trust.Store is not null && session.RemotePublicKey is { } key)
        {
            Judge(key, [session]);
        }
    }

    public void Dispose() => _watch?.Dispose();

    private void OnChanged(Fingerprint? revoked)
    {
        if (revoked is not null)
        {
            _trust.Forget(revoked);
        }

        foreach (Fingerprint peer in revoked is null ? _sessions.OpenPeers : [revoked])
        {
            IReadOnlyList<StationSession> open = _sessions.OpenOf(peer);
            if (open.Count > 0)
            {
                Judge(open[0].RemotePublicKey!, open);
            }
        }
    }

    private void Judge(StationPublicKey peer, IReadOnlyList<StationSession> sessions)
    {
        TrustVerdict verdict;
        try
        {
            verdict = _trust.Decide(peer, _own);
        }
        catch (StationException)
        {
            // A store that cannot be read lets nobody in; but it does not say that those who are in are to go.
            return;
        }

        foreach (StationSession session in sessions)
        {
            if (verdict.IsTrusted)
            {
                session.Capabilities = verdict.Capabilities;
            }
            else if (!MayGoOn(_trust.Store!, session))
            {
                session.Revoke();
            }
        }
    }

    private static bool MayGoOn(ITrustStore store, StationSession session)
    {
        try
        {
            return store.KeepsSession(session.RemotePublicKey!.Fingerprint, session.ConnectedAt);
        }
        catch (StationException)
        {
            // The note is damaged; the record, which says that trust is withdrawn, is not.
            return false;
        }
    }
}
