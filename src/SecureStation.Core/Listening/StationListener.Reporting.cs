using SecureStation.Core.Auditing;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Listening;

// What is told of connections: to the trail, and to those who watch.
public sealed partial class StationListener
{
    private void Begin(StationSession session)
    {
        SessionAudit.Begin(session, Id);
        GoOn(session);
    }

    // One that a state has kept too: its peer's record may say something else by now.
    private void GoOn(StationSession session)
    {
        _guard.Check(session);
        Offer(session);
    }

    private void Offer(StationSession session)
    {
        if (session is SecureSession secure)
        {
            Services.Attach(secure);
        }

        _files?.Take(session);
    }

    // Nobody can come back any more for one that has no connection.
    private static Task EndAsync(StationSession session, CancellationToken cancellationToken)
    {
        if (session is SecureSession { IsCut: true } cut)
        {
            var reason = new StationException(StationFault.SessionLost, "The session was cut, and its listener was stopped before its peer came back.");
            if (cut.IsStored)
            {
                cut.Suspend(reason);
            }
            else
            {
                cut.Lose(reason.Message);
            }
        }

        return session.CloseAsync(cancellationToken);
    }

    private void Report(string remoteAddress, StationException failure)
    {
        Interlocked.Increment(ref _handshakesFailed);
        _refusals.Add(new ListenerRefusal(DateTimeOffset.UtcNow, remoteAddress, failure.Fault, failure.PeerFingerprint, ForeignText.Show(failure.Message, 1024)));
        AuditTrail.Report(new AuditEvent(AuditEventKind.Refused)
        {
            Listener = Id,
            Address = remoteAddress,
            Fingerprint = failure.PeerFingerprint,
            Reason = failure.Fault.ToString(),
            Detail = failure.Message,
        });
        try
        {
            HandshakeFailed?.Invoke(this, new HandshakeFailedEventArgs(remoteAddress, failure));
        }
        catch (Exception)
        {
            // Whoever watches must not be able to stop the listener.
        }
    }
}
