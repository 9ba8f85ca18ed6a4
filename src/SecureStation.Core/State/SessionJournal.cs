using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.State;

/// <summary>
/// What one session has to write into its state: an index in memory that never waits, and behind it what the next commit takes. Called under the
/// session's lock, and by the state's writer.
/// </summary>
internal sealed class SessionJournal(StationState state) : IOutgoingStore
{
    private readonly MemoryOutgoingStore _index = new();
    private readonly Lock _gate = new();
    private StoredSession? _begun;
    private string _id = string.Empty;
    private List<OutgoingEntry> _appended = [];
    private List<StationMessage> _received = [];
    private List<(ulong Id, int Length, long Overhead)> _taken = [];
    private List<OutgoingEntry> _writing = [];
    private List<StationMessage> _keeping = [];
    private List<(ulong Id, int Length, long Overhead)> _taking = [];
    private ulong _acceptedId;
    private ulong _deliveredId;
    private long _deliveredBytes;
    private ulong _keptId;
    private long _keptBytes;
    private (string Reason, bool IsDone)? _end;
    private bool _hasEnded;
    private int _released;

    /// <summary>Told of what a commit made durable.</summary>
    public IJournalOwner? Owner { get; set; }

    public bool IsDurable => true;

    public StationState State => state;

    /// <summary>The session begins: its row is written with the first commit.</summary>
    public void Begin(StoredSession session)
    {
        lock (_gate)
        {
            _begun = session;
            _id = session.Id;
        }

        state.Wake(this);
    }

    /// <summary>The session goes on after a restart: what is written already is taken over.</summary>
    public void Restore(StoredSession session, IEnumerable<OutgoingEntry> outgoing)
    {
        _id = session.Id;
        (_acceptedId, _deliveredId, _deliveredBytes) = (session.AcceptedId, session.DeliveredId, session.DeliveredBytes);
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
            _appended.Add(entry);
            _acceptedId = entry.Id;
        }

        state.Wake(this);
    }

    public void Replace(in OutgoingEntry entry)
    {
        _index.Replace(entry);
        lock (_gate)
        {
            _appended.Add(entry);
        }

        state.Wake(this);
    }

    public OutgoingEntry Read(ulong id) => _index.Read(id);

    public void Forget(ulong upTo)
    {
        lock (_gate)
        {
            for (; _deliveredId < upTo; _deliveredId++)
            {
                _deliveredBytes += _index.Read(_deliveredId + 1).BodyLength;
            }
        }

        _index.Forget(upTo);
        state.Wake(this);
    }

    public void Receive(StationMessage message)
    {
        lock (_gate)
        {
            _received.Add(message);
        }

        state.Wake(this);
    }

    /// <summary>Somebody took a message.</summary>
    public void Take(StationMessage message)
    {
        lock (_gate)
        {
            _taken.Add((message.Id, message.Length, MessageCost.OfReceived(message)));
        }

        state.Wake(this);
    }

    /// <summary>The session is over.</summary>
    public void End(string reason, bool isDone)
    {
        lock (_gate)
        {
            _end = (reason, isDone);
        }

        state.Wake(this);
    }

    /// <summary>Writes what there is, in the writer's transaction.</summary>
    public void Write(StateTables tables)
    {
        StoredSession? begun;
        (string Reason, bool IsDone)? end;
        ulong accepted, delivered;
        long deliveredBytes;
        lock (_gate)
        {
            (_appended, _writing) = (_writing, _appended);
            (_received, _keeping) = (_keeping, _received);
            (_taken, _taking) = (_taking, _taken);
            (begun, _begun) = (_begun, null);
            (end, _end) = (_end, null);
            (accepted, delivered, deliveredBytes) = (_acceptedId, _deliveredId, _deliveredBytes);
        }

        if (begun is not null)
        {
            tables.Insert(begun);
        }

        foreach (OutgoingEntry entry in _writing)
        {
            tables.InsertOutgoing(_id, entry);
        }

        foreach (StationMessage message in _keeping)
        {
            if (message.Kind != StationMessageKind.Service)
            {
                tables.InsertIncoming(_id, message);
            }

            // One that comes again was counted already.
            if (message.Id > _keptId)
            {
                _keptId = message.Id;
                _keptBytes += message.Length;
            }
        }

        foreach ((ulong id, _, _) in _taking)
        {
            tables.DeleteIncoming(_id, id);
        }

        tables.DeleteOutgoing(_id, delivered);
        tables.Update(_id, accepted, delivered, deliveredBytes, _keptId, _keptBytes);
        if (end is { } over)
        {
            _hasEnded = true;
            tables.End(_id, over.Reason, over.IsDone);
        }
    }

    /// <summary>What <see cref="Write"/> wrote is durable.</summary>
    public void Committed()
    {
        if (_hasEnded)
        {
            Release();
        }

        ulong stored = _writing.Count > 0 ? _writing[^1].Id : 0;
        ulong kept = _keeping.Count > 0 ? _keeping[^1].Id : 0;
        long bytes = 0;
        long overhead = 0;
        foreach ((_, int length, long cost) in _taking)
        {
            bytes += length;
            overhead += cost;
        }

        _writing.Clear();
        _keeping.Clear();
        _taking.Clear();
        Owner?.OnCommitted(stored, kept, bytes, overhead);
    }

    /// <summary>The session uses the state no longer, which is closed with the last that does. Not by the state's writer, for which that waits.</summary>
    public void ReleaseNow()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            state.Dispose();
        }
    }

    /// <summary>As <see cref="ReleaseNow"/>, on a thread of the pool.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.Dispose(), state, preferLocal: false);
        }
    }

    /// <summary>Nothing is written any more.</summary>
    public void Fail(StationException failure) => Owner?.OnStateFailed(failure);
}
