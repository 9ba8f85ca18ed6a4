namespace SecureStation.Core.Sessions.Secure;

// How a session ends, and what only ends its connection.
internal sealed partial class SessionCore
{
    /// <summary>Ends the session in order: after what was accepted, or, with <paramref name="dropQueue"/>, instead of it.</summary>
    public void Close(StationReason reason, bool dropQueue, TimeSpan now)
    {
        _closing ??= new Closing(now, limits, reason);
        if (dropQueue)
        {
            _closing.Force();
            _send.Drop();
        }
    }

    /// <summary>Ends the session because its peer is accepted no longer: what comes in from now on is neither taken in nor told of.</summary>
    public void Revoke(TimeSpan now)
    {
        Close(StationReason.PeerUntrusted, dropQueue: true, now);
        _closing!.Deafen();
        if (_connection is null && _wasAttached)
        {
            // There is nobody to tell, and who comes back is told at the door.
            Abort(new StationException(StationFault.SessionClosed, "The session was ended: its peer is accepted no longer."));
        }
    }

    /// <summary>Ends the session at once. The first reason stays.</summary>
    public void Abort(StationException reason)
    {
        if (!_isOver)
        {
            _isOver = true;
            _connection = null;
            _send.Release();
            _receive.ForgetUnkept();
            _events.Add(new SessionEvent(SessionEventKind.Ended, Reason: end.Say(reason)));
        }
    }

    /// <summary>What the peer sent is wrong: it is told so, if that can be, and the session ends.</summary>
    public void OnFailure(StationException failure, TimeSpan now)
    {
        if (_connection is { IsResumable: true } && failure.Fault == StationFault.DecryptionFailed)
        {
            Cut(failure, now);
            return;
        }

        StationReason reason = failure.Fault == StationFault.MessageTooLarge ? StationReason.MessageTooLarge : StationReason.ProtocolError;
        _closing ??= new Closing(now, limits, reason);
        _closing.Fail(failure, reason, now);
        _send.Drop();
        if (_closing.IsSent || _connection is not { WriteFailure: null })
        {
            Abort(failure);
        }
    }

    /// <summary>The peer's stream has ended, or broken as <paramref name="broken"/> says.</summary>
    public void OnEndOfStream(Exception? broken, TimeSpan now)
    {
        if (_connection is not { } connection)
        {
            return;
        }

        if (_closing is { Heard: { } heard } closing)
        {
            // Our own Close is on its way; the peer waits for it.
            closing.EndStream(now);
            if (closing.IsSent || connection.WriteFailure is not null)
            {
                Abort(heard);
            }
        }
        else if (_closing is { IsSent: true } && !connection.IsResumable)
        {
            Abort(new StationException(StationFault.SessionClosed, "The session was closed.", broken));
        }
        else
        {
            Cut(
                broken is null
                    ? new StationException(StationFault.Truncated, "The connection ended without the peer's Close: what was still to come is lost.")
                    : new StationException(StationFault.Truncated, $"The connection broke without the peer's Close: what was still to come is lost. {broken.Message}", broken),
                now);
        }
    }

    /// <summary>Nothing more can be written. The peer may have said why before it went: for a while the reader may find that out.</summary>
    public void OnWriteFailed(StationException failure, TimeSpan now)
    {
        _connection?.OnWriteFailed(failure, now);
        if (_closing is { HasStreamEnded: true, Heard: { } heard })
        {
            Abort(heard);
        }
    }

    /// <summary>What becomes due with time.</summary>
    public void OnTimer(TimeSpan now)
    {
        Receiving.OnTimer(now);
        if (End is null && _closing is { } closing)
        {
            closing.OnTimer(now);
            if (closing.IsForced)
            {
                _send.Drop();
            }

            if (now >= closing.EndAt)
            {
                Abort(closing.Failure ?? closing.Heard
                    ?? new StationException(StationFault.SessionClosed, "The session was closed; the peer did not close its side in time."));
            }
        }

        if (_connection is { WriteFailure: { } failure } broken && now >= broken.WriteFailureEndsAt)
        {
            Cut(failure, now);
        }

        if (_connection is null && now >= _lostAt)
        {
            Abort(new StationException(StationFault.SessionLost, $"The session was cut, and the peer did not come back within {ResumeWindow.TotalSeconds:0.#} s."));
        }

        if (_connection?.Liveness.FindDeath(now) is { } death)
        {
            Cut(death, now);
        }

        if (_connection is { } connection && connection.Liveness.TakePing(now))
        {
            connection.Control.Ping();
        }
    }

    /// <summary>The connection failed; whether that is the end depends on what was agreed.</summary>
    private void Cut(StationException reason, TimeSpan now)
    {
        if (_connection is { IsResumable: true } && _closing is null or { Heard: null, Failure: null })
        {
            Detach(now);
            _events.Add(new SessionEvent(SessionEventKind.Detached, Reason: reason));
        }
        else
        {
            Abort(_closing?.Failure ?? _closing?.Heard ?? reason);
        }
    }
}
