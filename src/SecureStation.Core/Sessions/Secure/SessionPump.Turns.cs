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
        try
        {
            DrainEvents();
            (end, _endToFinish) = (_endToFinish, null);
            ScheduleAck(now);
            ArmTimer(now);
            if (!_isWriting && (_core.IsDue(now) || _isEnding) && _connection is not null)
            {
                _isWriting = true;
                _work.Set();
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
                case SessionEventKind.Ended:
                    _endToFinish = happened.Reason;
                    _isEnding = true;
                    break;
            }
        }

        HandOver();
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
        if (_inbox.Add(_arrived, _time.GetUtcNow()))
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
        TimeSpan next = _core.NextTimer.OrEarlier(_gatherUntil);
        if (next < _timerAt && _timer is not null)
        {
            // Whole milliseconds, not too early: else it would find nothing due and be armed again.
            _timerAt = next.OrEarlier(now + s_longestTimer);
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((_timerAt - now).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
        }
    }

    private void Finish(StationException reason)
    {
        _stop.Cancel();
        _room.Pulse();
        _delivery.Pulse();
        if (_connection is { } connection)
        {
            if (_core.EndsInOrder)
            {
                _disposing = connection.Transport.DisposeAsync().AsTask();
            }
            else
            {
                connection.Transport.Abort();
            }
        }

        _owner.OnEnded(reason);
    }
}
