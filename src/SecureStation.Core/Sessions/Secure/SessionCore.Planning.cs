using SecureStation.Core.Framing;

namespace SecureStation.Core.Sessions.Secure;

// What goes out: frames for the writer, events for everybody else.
internal sealed partial class SessionCore
{
    /// <summary>Whether there is something to be written now.</summary>
    public bool IsDue(TimeSpan now) => _connection is { WriteFailure: null } connection
        && _closing is not { IsPlanned: true }
        && (AreMessagesDue
            || Receiving.AckAt <= now
            || connection.Rekey.IsDueAnyway
            || connection.Control.HasPong(Receiving.TellableId)
            || connection.Control.HasPing(Sending.SentId)
            || IsCloseDue);

    private bool AreMessagesDue => _send.IsDue && _closing is not { IsForced: true };

    private bool IsCloseDue => _closing is { IsPlanned: false } closing
        && (closing.IsForced || _send.IsDone)
        && (closing.IsOverdue || _receive.IsKept);

    /// <summary>Plans what is to be written now; the caller writes all of it, then calls <see cref="Written"/>. False: nothing.</summary>
    public bool TryPlan(OutgoingBatch batch, TimeSpan now)
    {
        batch.Clear();
        if (!IsDue(now))
        {
            return false;
        }

        bool messages = AreMessagesDue;
        PlanRekey(batch, messages, now);
        PlanAcknowledgements(batch, messages, now);
        if (messages)
        {
            _send.Plan(batch);
        }

        PlanPing(batch);
        PlanClose(batch);
        return true;
    }

    /// <summary>The batch is written.</summary>
    /// <param name="batch">What <see cref="TryPlan"/> planned.</param>
    /// <param name="transportMessages">How many transport messages it took under the key that is in force now.</param>
    public void Written(OutgoingBatch batch, long transportMessages)
    {
        _connection?.Rekey.NoteWritten(transportMessages);
        if (batch.Closes && _closing is { } closing)
        {
            closing.Send();
            if (closing.Failure is { } failure)
            {
                Abort(failure);
            }
            else if (closing is { HasStreamEnded: true, Heard: { } heard })
            {
                Abort(heard);
            }
        }
    }

    /// <summary>How much has happened that nobody has dequeued.</summary>
    public int EventCount => _events.Count - _dequeued;

    /// <summary>The next thing that happened.</summary>
    public bool TryDequeue(out SessionEvent happened)
    {
        if (_dequeued < _events.Count)
        {
            happened = _events.Items[_dequeued++];
            return true;
        }

        _events.Release();
        _dequeued = 0;
        happened = default;
        return false;
    }

    private void PlanRekey(OutgoingBatch batch, bool messages, TimeSpan now)
    {
        RekeyPolicy rekey = _connection!.Rekey;
        if (rekey.IsDueAnyway || (rekey.IsDue(now) && (messages || Receiving.AckAt <= now)))
        {
            batch.Add(ControlFrame.Rekey(rekey.Take(now)));
        }
    }

    // What came before a Ping is acknowledged before its Pong.
    private void PlanAcknowledgements(OutgoingBatch batch, bool messages, TimeSpan now)
    {
        ControlFrames control = _connection!.Control;
        bool pongs = control.HasPong(Receiving.TellableId);
        if (pongs || Receiving.AckAt <= now || (messages && Receiving.IsUntold))
        {
            (ulong lastId, long taken) = Receiving.Tell();
            batch.Add(ControlFrame.Ack(lastId, taken));
        }

        while (control.HasPong(Receiving.TellableId))
        {
            batch.Add(ControlFrame.Pong(control.TakePong()));
        }
    }

    private void PlanPing(OutgoingBatch batch)
    {
        ControlFrames control = _connection!.Control;
        if (control.HasPing(Sending.SentId) && batch.HasRoomFor(ControlFrame.Ping(0)))
        {
            batch.Add(ControlFrame.Ping(control.TakePing(Sending.SentId)));
        }
    }

    private void PlanClose(OutgoingBatch batch)
    {
        if (IsCloseDue && batch.HasRoomFor(ControlFrame.Close(default, 0)))
        {
            _receive.ForgetUnkept();
            _closing!.Plan();
            batch.Add(ControlFrame.Close(_closing.Reason, Receiving.KeptId));
        }
    }
}
