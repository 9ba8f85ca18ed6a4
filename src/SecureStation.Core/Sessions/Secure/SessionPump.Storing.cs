using SecureStation.Core.Messages;
using SecureStation.Core.State;

namespace SecureStation.Core.Sessions.Secure;

// What becomes durable, where there is a state: told by its writer.
internal sealed partial class SessionPump
{
    /// <summary>The session goes on after a restart; it waits for a connection.</summary>
    public void Restore(State.StoredSession stored, IReadOnlyList<OutgoingEntry> outgoing, long unreadBytes, long unreadOverhead)
    {
        using Turn turn = Enter();
        _core.Restore(stored, outgoing, unreadBytes, unreadOverhead);
        _timer = _time.CreateTimer(static self => ((SessionPump)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void OnCommitted(ulong storedId, ulong keptId, long takenBytes, long takenOverhead)
    {
        using (Turn turn = Enter())
        {
            _core.Stored(storedId);
            _core.Kept(keptId, turn.Now);
            if (takenOverhead > 0)
            {
                _core.Credit(takenBytes, takenOverhead, turn.Now);
            }
        }

        _stored.Pulse();
    }

    public void OnStateFailed(StationException failure) => Abort(new StationException(failure.Fault, failure.Message, failure));

    private async Task<ulong> SendAndStoreAsync(OutgoingMessage message, int headSize, Action<ulong>? accepted, CancellationToken cancellationToken)
    {
        ulong id = await WaitAndSendAsync(message, headSize, accepted, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            Task stored = _stored.Arm();
            (ulong storedId, StationException? end) = Look(static core => (core.StoredId, core.End));
            if (storedId >= id)
            {
                return id;
            }

            if (end is not null)
            {
                throw new StationException(end.Fault, end.Message, end);
            }

            await stored.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
