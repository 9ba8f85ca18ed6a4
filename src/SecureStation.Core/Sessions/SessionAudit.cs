using SecureStation.Core.Auditing;

namespace SecureStation.Core.Sessions;

/// <summary>Tells the trail that a session has begun, and once, when it has ended.</summary>
internal sealed class SessionAudit
{
    private readonly StationSession _session;
    private readonly string? _listener;
    private int _hasEnded;

    private SessionAudit(StationSession session, string? listener) => (_session, _listener) = (session, listener);

    /// <summary>From now on the session is counted and followed.</summary>
    /// <param name="session">The session.</param>
    /// <param name="listener">The id of the listener that accepted it; null at the other end.</param>
    public static void Begin(StationSession session, string? listener = null)
    {
        var audit = new SessionAudit(session, listener);
        SessionTotals.Add(session);
        string trust = session.PeerName is null && session.TrustBasis == Trust.TrustBasis.None ? string.Empty : $", trust {session.TrustBasis}";
        AuditTrail.Report(audit.Event(AuditEventKind.Connected) with { Detail = $"{session.Role}, {session.Protocol} {session.Suite}{trust}" });
        session.Inbox.Finished = audit.End;
        if (session.EndReason is not null)
        {
            // It was over before anybody was told to look.
            audit.End();
        }
    }

    /// <summary>The session lost its connection, and waits for another.</summary>
    public static void Cut(StationSession session, StationException reason)
    {
        if (AuditTrail.IsWatched)
        {
            AuditTrail.Report(new SessionAudit(session, listener: null).Event(AuditEventKind.Connection) with { Reason = "cut", Detail = reason.Message });
        }
    }

    /// <summary>The peer asked for a service that its record does not allow.</summary>
    public static void NotAllowed(StationSession session, string service)
    {
        if (AuditTrail.IsWatched)
        {
            AuditTrail.Report(new SessionAudit(session, listener: null).Event(AuditEventKind.Refused) with
            {
                Reason = nameof(StationFault.NotAllowed),
                Detail = $"The service {service}.",
            });
        }
    }

    /// <summary>The session has a connection again.</summary>
    public static void Resumed(StationSession session) =>
        AuditTrail.Report(new SessionAudit(session, listener: null).Event(AuditEventKind.Connection) with { Reason = "resumed" });

    private void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        SessionTotals.Remove(_session);
        if (AuditTrail.IsWatched)
        {
            AuditTrail.Report(Event(AuditEventKind.Ended) with
            {
                Reason = _session.EndReason?.Fault.ToString(),
                Detail = $"{_session.EndReason?.Message} Messages: {_session.MessagesSent} sent, {_session.MessagesReceived} received.",
            });
        }
    }

    private AuditEvent Event(AuditEventKind kind) => new(kind)
    {
        Session = _session.Id,
        Listener = _listener,
        Address = _session.RemoteAddress,
        Peer = _session.PeerName,
        Fingerprint = _session.RemoteFingerprint,
    };
}
