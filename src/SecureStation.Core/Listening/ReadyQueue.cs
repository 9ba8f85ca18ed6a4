using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Listening;

/// <summary>
/// The sessions that have messages, the one with the oldest first. Each stands here once at most, with the arrival order of what was its oldest message
/// then. Where somebody took that from the session itself meanwhile, it is put back where it belongs now.
/// </summary>
internal sealed class ReadyQueue
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<AcceptedSession, long> _ready = new();

    /// <summary>Pulsed when a session comes in.</summary>
    public ArrivalSignal Signal { get; } = new();

    /// <summary>A session has messages.</summary>
    public void Add(AcceptedSession session)
    {
        if (Enqueue(session))
        {
            Signal.Pulse();
        }
    }

    /// <summary>Takes the oldest message.</summary>
    public bool TryTake([NotNullWhen(true)] out StationMessage? message)
    {
        while (true)
        {
            AcceptedSession? session;
            long next;
            lock (_gate)
            {
                if (!_ready.TryDequeue(out session, out _))
                {
                    message = null;
                    return false;
                }

                next = _ready.TryPeek(out _, out long order) ? order : long.MaxValue;
            }

            // Before looking: what comes from here on puts it in again.
            session.BeReadyNoMore();
            Inbox inbox = session.Session.Inbox;
            bool isOldest = inbox.OldestArrival <= next;
            if (isOldest && inbox.TryTake(out message))
            {
                Enqueue(session);
                return true;
            }

            Enqueue(session);
        }
    }

    private bool Enqueue(AcceptedSession session)
    {
        // Again where all was taken between the two looks and something came then: whoever brought it saw the session in its place.
        while (session.Session.Inbox.OldestArrival != long.MaxValue && session.TryBeReady())
        {
            long oldest = session.Session.Inbox.OldestArrival;
            if (oldest != long.MaxValue)
            {
                lock (_gate)
                {
                    _ready.Enqueue(session, oldest);
                }

                return true;
            }

            session.BeReadyNoMore();
        }

        return false;
    }
}
