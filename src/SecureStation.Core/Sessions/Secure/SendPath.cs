using SecureStation.Core.Messages;
using SecureStation.Core.State;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// The outgoing half of a session's core: from the acceptance of a message to its acknowledgement. A message is kept until the peer has it, and
/// goes out, in order, where it is durable, the peer's window is open and the batch has room.
/// </summary>
internal sealed class SendPath(StationLimits limits, IOutgoingStore store)
{
    private readonly SendRoom _room = new(limits.OutboxBytes, limits.OutboxMessages);
    private readonly Fragmenter _fragments = new();
    private HashSet<ulong>? _dropped;
    private ulong _storedId;

    /// <summary>What the peer allows and has.</summary>
    public SendWindow Window { get; } = new();

    /// <summary>The last message that was accepted.</summary>
    public ulong AcceptedId { get; private set; }

    /// <summary>What the messages in the outbox take, in bytes.</summary>
    public long Held => _room.Bytes;

    /// <summary>Whether a piece of a message may go out now.</summary>
    public bool IsDue => _fragments.IsInMessage || (Window.BegunId < _storedId && Window.IsOpen);

    /// <summary>Whether all that was accepted has gone out.</summary>
    public bool IsDone => !_fragments.IsInMessage && Window.BegunId == AcceptedId;

    /// <summary>Accepts a message; <paramref name="accepted"/> learns its id first. False: no room.</summary>
    public bool TryAccept(OutgoingMessage message, int headSize, Action<ulong>? accepted, out ulong id)
    {
        id = 0;
        if (!_room.TryTake(OutgoingEntry.RoomOf(message, headSize)))
        {
            return false;
        }

        id = ++AcceptedId;
        accepted?.Invoke(id);
        store.Append(new OutgoingEntry(message, id, headSize));
        if (!store.IsDurable)
        {
            _storedId = id;
        }

        return true;
    }

    /// <summary>The last message that is durable.</summary>
    public ulong StoredId => _storedId;

    /// <summary>Messages up to here are durable.</summary>
    public void Stored(ulong upTo) => _storedId = Math.Max(_storedId, upTo);

    /// <summary>Goes on after a restart: the store has these messages already.</summary>
    public void Restore(State.StoredSession stored, IReadOnlyList<OutgoingEntry> outgoing)
    {
        AcceptedId = _storedId = stored.AcceptedId;
        Window.Restore(stored.DeliveredId, stored.DeliveredBytes, stored.AcceptedId);
        foreach (OutgoingEntry entry in outgoing)
        {
            _room.Take(entry.Room);
        }
    }

    /// <summary>A connection begins after what the peer has. What waits and is larger than the peer takes now gives its place to an empty message.</summary>
    public void Attach(long window, long maxMessage)
    {
        _fragments.Drop();
        Window.Attach(window);
        for (ulong id = Window.DeliveredId + 1; id <= AcceptedId; id++)
        {
            OutgoingEntry entry = store.Read(id);
            if (entry.BodyLength > maxMessage)
            {
                var empty = new OutgoingEntry(OutgoingMessage.Void, id, MessageCodec.Measure(OutgoingMessage.Void.Headers));
                _room.Free(entry.Room - empty.Room, messages: 0);
                store.Replace(empty);
                (_dropped ??= []).Add(id);
            }
        }
    }

    /// <summary>Whether this message gave its place to an empty one.</summary>
    public bool WasDropped(ulong id) => _dropped is not null && _dropped.Contains(id);

    /// <summary>The peer has all messages up to this one. True: whoever found no room should try again.</summary>
    public bool Deliver(ulong upTo)
    {
        while (Window.DeliveredId < upTo)
        {
            OutgoingEntry entry = store.Read(Window.DeliveredId + 1);
            _room.Free(entry.Room);
            Window.Deliver(entry.BodyLength, entry.PeerCost);
        }

        store.Forget(upTo);
        return _room.TakeWake();
    }

    /// <summary>Plans what may go out now and fits.</summary>
    public void Plan(OutgoingBatch batch)
    {
        while (IsDue)
        {
            if (!_fragments.IsInMessage)
            {
                OutgoingEntry next = store.Read(Window.BegunId + 1);
                _fragments.Begin(next);
                Window.Begin(next.BodyLength, next.PeerCost);
            }

            if (!_fragments.TryNext(batch.RoomForMessage, out MessageFragment fragment))
            {
                return;
            }

            batch.Add(fragment);
            if (fragment.IsLast)
            {
                Window.End(fragment.Message.Body.Length);
            }
        }
    }

    /// <summary>Drops a message that is under way: a Close follows, or another connection.</summary>
    public void Drop() => _fragments.Drop();

    /// <summary>Frees what will not be sent any more, where it does not outlive the session.</summary>
    public void Release()
    {
        _fragments.Drop();
        if (!store.IsDurable)
        {
            store.Forget(AcceptedId);
        }
    }
}
