using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

// Every turn at the core is the same: take the lock, change something, then see to all that follows from it before the lock is left.
internal sealed partial class SessionPump
{
    private readonly ref struct Turn(SessionPump pump, TimeSpan now)
    {
        public TimeSpan Now { get; } = now;

        public void Dispose() => pump.Leave(Now);
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    private Turn Enter()
    {
        _gate.Enter();
        TimeSpan now = Now;
        CollectCredit(now);
        return new Turn(this, now);
    }

    private void Leave(TimeSpan now)
    {
        StationException? end = null;
        bool isChanged = false;
        PumpedConnection? drop = null;
        PumpedConnection? toWrite = null;
        try
        {
            if (_isDurable)
            {
                WatchStore(now);
            }

            DrainEvents();
            _isReadersTurn = false;
            (end, _endToFinish) = (_endToFinish, null);
            (isChanged, _isChanged) = (_isChanged, false);
            (drop, _toDrop) = (_toDrop, null);
            ScheduleAck(now);
            ArmTimer(now);
            if (_connection is { IsWriting: false } connection && _core.IsDue(now))
            {
                connection.IsWriting = true;
                toWrite = connection;
            }
        }
        finally
        {
            _gate.Exit();
        }

        if (end is not null)
        {
            Finish(end);
        }

        if (drop is not null)
        {
            Drop(drop);
        }

        if (isChanged)
        {
            _owner.OnConnectionChanged();
        }

        if (toWrite is not null)
        {
            WriteHere(toWrite);
        }
    }

    /// <summary>A connection is over; under the gate. Its writer leaves as soon as it may write, its reader at what it reads next.</summary>
    private void Leave(PumpedConnection connection)
    {
        _connection = null;
        _toDrop = connection;
        connection.IsOver = true;
        if (!connection.IsWriting)
        {
            connection.IsWriting = true;
            connection.Work.Set();
        }
    }

    /// <summary>Sees to what happened, in order. An end is seen to when the lock is left.</summary>
    private void DrainEvents()
    {
        bool isRoomFreed = false;
        bool isDelivered = false;
        while (_core.TryDequeue(out SessionEvent happened))
        {
            switch (happened.Kind)
            {
                case SessionEventKind.Arrived:
                    _arrived.Add(happened.Message!);
                    break;
                case SessionEventKind.Delivered:
                    isDelivered = true;
                    break;
                case SessionEventKind.RoomFreed:
                    isRoomFreed = true;
                    break;
                case SessionEventKind.Detached:
                    LeaveCurrent();
                    _isChanged = true;
                    _owner.OnCut(happened.Reason!);
                    break;
                case SessionEventKind.Ended:
                    _endToFinish = happened.Reason;
                    LeaveCurrent();
                    break;
            }
        }

        HandOver();
        if (_endToFinish is not null)
        {
            (_timer, ITimer? timer) = (null, _timer);
            timer?.Dispose();
        }

        if (isDelivered)
        {
            _delivery.Pulse();
        }

        if (isRoomFreed)
        {
            _room.Pulse();
            _owner.OnRoomFreed();
        }
    }

    private void HandOver()
    {
        if (_arrived.Count == 0)
        {
            return;
        }

        _sendsSinceArrival = 0;
        if (_inbox.Add(_arrived, _time.GetUtcNow(), tells: !_isReadersTurn))
        {
            foreach (StationMessage message in _arrived)
            {
                if (message.Kind == StationMessageKind.Service)
                {
                    _owner.OnServiceMessage(message);
                }
            }
        }

        _arrived.Clear();
    }

    // The other half of OnTaken: what was taken after the last Ack, and before it was known that none is scheduled, is collected here.
    private void ScheduleAck(TimeSpan now)
    {
        _isAckScheduled = _core.Receiving.AckAt != TimeSpan.MaxValue;
        if (!_isAckScheduled)
        {
            Interlocked.MemoryBarrier();
            CollectCredit(now);
            _isAckScheduled = _core.Receiving.AckAt != TimeSpan.MaxValue;
        }
    }

    private void ArmTimer(TimeSpan now)
    {
        TimeSpan next = _core.NextTimer.OrEarlier(_gatherUntil).OrEarlier(_storeBy);
        if (next < _timerAt && _timer is not null)
        {
            // Whole milliseconds, not too early: else it would find nothing due and be armed again.
            _timerAt = next.OrEarlier(now + s_longestTimer);
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((_timerAt - now).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
        }
    }

    private void LeaveCurrent()
    {
        if (_connection is { } connection)
        {
            Leave(connection);
        }
    }

    // A peer that has gone over to another connection is told so, for a while. One that closed still has to be able to read our Close.
    private void Drop(PumpedConnection connection)
    {
        if (connection.IsSuperseded)
        {
            connection.Stop.CancelAfter(Closing.Courtesy);
        }
        else if (_core is { End: not null, EndsInOrder: true })
        {
            connection.Stop.Cancel();
            connection.Disposing = connection.Connection.Transport.DisposeAsync().AsTask();
        }
        else
        {
            connection.Stop.Cancel();
            connection.Connection.Transport.Abort();
        }
    }

    private void Finish(StationException reason)
    {
        // First: whose call fails asks the session why.
        _owner.OnEnded(reason);
        _room.Pulse();
        _delivery.Pulse();
        FailStoring(reason);
    }
}
