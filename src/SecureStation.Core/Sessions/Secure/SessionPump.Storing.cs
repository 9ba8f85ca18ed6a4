using SecureStation.Core.Messages;
using SecureStation.Core.State;

namespace SecureStation.Core.Sessions.Secure;

// What becomes durable, where there is a state: told by its writer.
internal sealed partial class SessionPump
{
    private readonly StoredWaits _storing = new();

    // When what is to be durable must have got further.
    private TimeSpan _storeBy = TimeSpan.MaxValue;

    /// <summary>The session goes on after a restart; it waits for a connection.</summary>
    public void Restore(StoredSession stored, IReadOnlyList<OutgoingEntry> outgoing, long unreadBytes, long unreadOverhead)
    {
        using Turn turn = Enter();
        _core.Restore(stored, outgoing, unreadBytes, unreadOverhead);
        _timer = _time.CreateTimer(static self => ((SessionPump)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void OnCommitted(in JournalCommit commit)
    {
        // First, so that what arrives by this commit is there to be taken.
        _inbox.Open(commit.GivenId);
        using Turn turn = Enter();
        _storeBy = TimeSpan.MaxValue;
        _core.Stored(commit.StoredId);
        _storing.Complete(_core.StoredId);
        _core.Kept(commit.KeptId, turn.Now);
        if (commit.TakenOverhead > 0)
        {
            _core.Credit(commit.TakenBytes, commit.TakenOverhead, turn.Now);
        }
    }

    public void OnStateFailed(StationException failure)
    {
        Abort(new StationException(failure.Fault, failure.Message, failure));
        _inbox.WithholdAll();
    }

    /// <summary>Waits until a message that was accepted is as safe as it gets on this side.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/> and the other reasons of an end: it is not.</exception>
    public Task<ulong> WaitStoredAsync(ulong id, CancellationToken cancellationToken)
    {
        using Turn turn = Enter();
        return _core.StoredId >= id ? Task.FromResult(id)
            : id > _core.AcceptedId ? throw new StationException(StationFault.InvalidArgument, $"Message {id} has not been sent on this session.")
            : _core.End is { } end ? throw new StationException(end.Fault, end.Message, end)
            : _storing.Add(id).WaitAsync(cancellationToken);
    }

    private async Task<ulong> SendAndStoreAsync(OutgoingMessage message, int headSize, Action<ulong>? accepted, CancellationToken cancellationToken)
    {
        if (!TrySend(message, headSize, accepted, out ulong id))
        {
            id = await WaitAndSendAsync(message, headSize, accepted, cancellationToken).ConfigureAwait(false);
        }

        return await WaitStoredAsync(id, cancellationToken).ConfigureAwait(false);
    }

    // Under the gate.
    private void WatchStoreFromNow()
    {
        if (_storeBy == TimeSpan.MaxValue)
        {
            TimeSpan now = Now;
            WatchStore(now);
            ArmTimer(now);
        }
    }

    private void FailStoring(StationException reason)
    {
        lock (_gate)
        {
            _storing.Fail(reason);
        }
    }

    // Under the gate. A disk that takes nothing for as long as a peer may be silent is gone.
    private void WatchStore(TimeSpan now)
    {
        if (!_core.IsStoring)
        {
            _storeBy = TimeSpan.MaxValue;
        }
        else if (_storeBy == TimeSpan.MaxValue)
        {
            _storeBy = now.After(_core.DeadAfter);
        }
        else if (now >= _storeBy)
        {
            _storeBy = TimeSpan.MaxValue;
            _core.Abort(new StationException(
                StationFault.StateFailed,
                $"The state did not take what was to be stored within {_core.DeadAfter.TotalSeconds:0.#} s: its disk is slow or gone. What was not stored by then is not acknowledged."));
        }
    }
}
