using SecureStation.Core.Auditing;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Listening;

// What becomes of connections: what is offered in their sessions, and what is told of them.
public sealed partial class StationListener
{
    /// <summary>A session is made: what is offered in it is there before the peer or <see cref="AcceptAsync"/> can have it.</summary>
    private void Prepare(SecureSession session)
    {
        Services.Attach(session);
        _files?.Take(session);
    }

    /// <summary>A session can be found.</summary>
    private void Begin(StationSession session)
    {
        SessionAudit.Begin(session, Id);
        _guard.Check(session);
        if (session is SecureSession secure)
        {
            // Once more: one may have been added since it was made.
            Services.Attach(secure);
        }
    }

    // One that a state has kept: its peer's record may say something else by now.
    private void GoOn(SecureSession session)
    {
        _guard.Check(session);
        Prepare(session);
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
