using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.State;

/// <summary>
/// What one session has to write into its state: an index in memory that never waits, and behind it what the next commit takes. Called under the
/// session's lock; by the state's writer in its other half.
/// </summary>
internal sealed partial class SessionJournal(IJournalWriter state) : IOutgoingStore
{
    // What was taken opens the peer's window when it is committed: so much is not left to wait for company.
    private const long UrgentTaken = 256 * 1024;

    private readonly MemoryOutgoingStore _index = new();
    private readonly Lock _gate = new();
    private JournalBatch _gathering = new();
    private JournalBatch _writing = new();
    private StoredSession? _begun;
    private (string Reason, bool IsDone)? _end;
    private JournalProgress _progress = new() { GivenId = GivenSteps.First };
    private JournalProgress _written;
    private StoredName _name;
    private ulong _keptId;
    private long _keptBytes;
    private bool _hasEnded;
    private volatile bool _hasFailed;
    private bool _isReleased;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Told of what a commit made durable.</summary>
    public IJournalOwner? Owner { get; set; }

    public bool IsDurable => true;

    /// <summary>Completes when the session uses the state no longer: its end is stored, or cannot be.</summary>
    public Task Released => _released.Task;

    /// <summary>The session; null before it has begun.</summary>
    public SessionKey? Session { get; private set; }

    /// <summary>Whether the state's writer has it on its list; the writer's.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The session begins: its row is written with the first commit.</summary>
    public void Begin(StoredSession session)
    {
        lock (_gate)
        {
            _begun = session;
            Session = session.Key;
            state.Use(session.Key);
            Wake(isUrgent: true);
        }
    }

    /// <summary>The session goes on after a restart: what is written already is taken over.</summary>
    public void Restore(StoredSession session, IEnumerable<OutgoingEntry> outgoing)
    {
        Session = session.Key;
        _name = new StoredName(session.Number, session.Id);
        _progress = _written = new JournalProgress
        {
            AcceptedId = session.AcceptedId,
            DeliveredId = session.DeliveredId,
            DeliveredBytes = session.DeliveredBytes,
            GivenId = session.GivenId,
        };
        (_keptId, _keptBytes) = (session.KeptId, session.KeptBytes);
        foreach (OutgoingEntry entry in outgoing)
        {
            _index.Append(entry);
        }
    }

    public void Append(in OutgoingEntry entry)
    {
        _index.Append(entry);
        lock (_gate)
        {
            _gathering.Appended.Add(entry);
            _progress.AcceptedId = entry.Id;
            Wake(isUrgent: true);
        }
    }

    public void Replace(in OutgoingEntry entry)
    {
        _index.Replace(entry);
        lock (_gate)
        {
            _gathering.Appended.Add(entry);
            Wake(isUrgent: false);
        }
    }

    public OutgoingEntry Read(ulong id) => _index.Read(id);

    public void Forget(ulong upTo)
    {
        lock (_gate)
        {
            for (; _progress.DeliveredId < upTo; _progress.DeliveredId++)
            {
                _progress.DeliveredBytes += _index.Read(_progress.DeliveredId + 1).BodyLength;
            }

            Wake(isUrgent: false);
        }

        _index.Forget(upTo);
    }

    public void Receive(StationMessage message)
    {
        lock (_gate)
        {
            _gathering.Received.Add(message);
            Wake(isUrgent: true);
        }
    }

    /// <summary>Somebody took a message.</summary>
    public void Take(StationMessage message)
    {
        lock (_gate)
        {
            if (_isReleased && !_hasEnded)
            {
                // The row is the next owner's: it comes again, marked.
                return;
            }

            _gathering.Take(message);
            if (message.Kind != StationMessageKind.Service)
            {
                _progress.GivenId = Math.Max(_progress.GivenId, GivenSteps.After(message.Id));
            }

            Wake(isUrgent: _gathering.TakenBytes + _gathering.TakenOverhead >= UrgentTaken);
        }
    }

    /// <summary>Somebody would take this message, which may not be given out yet.</summary>
    public void Give(ulong id)
    {
        lock (_gate)
        {
            _progress.GivenId = Math.Max(_progress.GivenId, GivenSteps.After(id));
            Wake(isUrgent: true);
        }
    }

    /// <summary>The session is over. What is unread may be given out from now on without the state being told.</summary>
    public void End(string reason, bool isDone)
    {
        lock (_gate)
        {
            _end = (reason, isDone);
            _progress.GivenId = long.MaxValue;
            Wake(isUrgent: true);
        }
    }

    /// <summary>The session uses the state no longer, which is closed with the last that does. Not by the state's writer, for which that waits.</summary>
    public void ReleaseNow()
    {
        if (TryLeave())
        {
            GiveUp();
        }
    }

    /// <summary>As <see cref="ReleaseNow"/>; what may have to wait is left to a thread of the pool.</summary>
    public void Release()
    {
        if (TryLeave())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static journal => journal.GiveUp(), this, preferLocal: false);
        }
    }

    // From now on another may take the session out of the state.
    private bool TryLeave()
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return false;
            }

            _isReleased = true;
            state.Leave(Session, _hasFailed ? [.. _writing.Taken, .. _gathering.Taken] : []);
            return true;
        }
    }

    private void GiveUp()
    {
        state.Release();
        _released.TrySetResult();
    }

    // Under the gate: what is there when the session is released is on the list by then. What is taken after its end is written while the file is open.
    private void Wake(bool isUrgent)
    {
        if ((!_isReleased || _hasEnded) && !_hasFailed)
        {
            state.Wake(this, isUrgent);
        }
    }
}
