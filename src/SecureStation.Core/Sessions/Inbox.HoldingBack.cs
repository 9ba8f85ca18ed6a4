namespace SecureStation.Core.Sessions;

// Where a state says which messages may have been given out, none is given out before it is told.
internal sealed partial class Inbox
{
    private bool _holdsBack;
    private ulong _openUpTo = ulong.MaxValue;
    private Action<ulong>? _ask;

    /// <summary>Messages beyond this id are given out only once <see cref="Open"/> says so, and <paramref name="ask"/> is called where one is next.</summary>
    public void HoldBack(ulong openUpTo, Action<ulong> ask)
    {
        lock (_gate)
        {
            _holdsBack = true;
            _openUpTo = openUpTo;
            _ask = ask;
        }
    }

    /// <summary>Messages up to this id may be given out.</summary>
    public void Open(ulong upTo)
    {
        lock (_gate)
        {
            if (upTo <= _openUpTo)
            {
                return;
            }

            bool wasHeldBack = IsHeldBack;
            _openUpTo = upTo;
            NoteOldest();
            if (!wasHeldBack)
            {
                return;
            }
        }

        Signal.Pulse();
        Watcher?.Arrived();
    }

    /// <summary>Nothing more is given out: it stays where it is stored.</summary>
    public void WithholdAll()
    {
        lock (_gate)
        {
            _holdsBack = true;
            _openUpTo = 0;
        }

        Withhold();
    }

    /// <summary>What may not be given out by now never may: it stays where it is stored.</summary>
    public void Withhold()
    {
        lock (_gate)
        {
            for (int left = _messages.Count; left > 0; left--)
            {
                StationMessage message = _messages.Dequeue();
                if (message.Id > _openUpTo)
                {
                    _held -= MessageCost.OfReceived(message) + message.Length;
                }
                else
                {
                    _messages.Enqueue(message);
                }
            }

            _ask = null;
            NoteOldest();
        }

        Signal.Pulse();
        Watcher?.Taken();
    }

    /// <summary>Whether nothing more comes than may be taken now: what is held back comes yet, or is withheld.</summary>
    public bool HasEnded
    {
        get
        {
            if (!_isFinished)
            {
                return false;
            }

            lock (_gate)
            {
                return !IsHeldBack;
            }
        }
    }

    // Under the lock.
    private bool IsHeldBack => _messages.TryPeek(out StationMessage? oldest) && oldest.Id > _openUpTo;

    // Under the lock, at each message: this is to be short. True: the next message is held back.
    private bool NoteOldest()
    {
        bool isHeldBack = _holdsBack && IsHeldBack;
        Interlocked.Exchange(ref _oldestArrival, !isHeldBack && _messages.TryPeek(out StationMessage? oldest) ? oldest.ArrivalOrder : long.MaxValue);
        return isHeldBack;
    }

    private void AskForNext()
    {
        Action<ulong>? ask = null;
        ulong id = 0;
        lock (_gate)
        {
            if (IsHeldBack)
            {
                (ask, id) = (_ask, _messages.Peek().Id);
            }
        }

        ask?.Invoke(id);
    }
}
