using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Listening;

/// <summary>The sessions of one listener: those still to be handed to a caller, and those that can hold messages.</summary>
internal sealed class AcceptedSessions
{
    // A listener that nobody asks for its sessions must not keep every ended one for ever.
    private const int MaxEndedUnclaimed = 1024;

    private readonly Lock _gate = new();
    private readonly List<StationSession> _sessions = [];
    private readonly Queue<StationSession> _unclaimed = new();
    private readonly ArrivalSignal _accepted = new();
    private readonly ArrivalSignal _arrived = new();
    private StationSession[] _snapshot = [];
    private int _taken;
    private bool _isFinished;

    /// <summary>
    /// Keeps a place for a connection that is about to be a session, if there is one; <see cref="Add"/> fills it. Without it, all who are in
    /// the handshake at once would pass a full listener.
    /// </summary>
    public bool TryTakePlace(int places)
    {
        lock (_gate)
        {
            if (_taken + _sessions.Count(static session => session.State != StationSessionState.Closed) >= places)
            {
                return false;
            }

            _taken++;
            return true;
        }
    }

    /// <summary>Gives a place back that was not filled.</summary>
    public void ReturnPlace()
    {
        lock (_gate)
        {
            _taken--;
        }
    }

    public void Add(StationSession session)
    {
        session.Inbox.GroupSignal = _arrived;
        lock (_gate)
        {
            Prune();
            _taken--;
            _sessions.Add(session);
            _unclaimed.Enqueue(session);
            _snapshot = [.. _sessions];
        }

        _accepted.Pulse();
        _arrived.Pulse();
    }

    public IReadOnlyList<StationSession> List()
    {
        lock (_gate)
        {
            Prune();
            return _snapshot;
        }
    }

    public async Task<StationSession> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task accepted = _accepted.Arm();
            lock (_gate)
            {
                if (_unclaimed.TryDequeue(out StationSession? session))
                {
                    return session;
                }

                ThrowIfFinished();
            }

            await accepted.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<StationMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task arrived = _arrived.Arm();
            bool isFinished = Volatile.Read(ref _isFinished);
            if (TryReceive(out StationMessage? message))
            {
                return message;
            }

            if (isFinished)
            {
                ThrowIfFinished();
            }

            await arrived.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public bool TryReceive([NotNullWhen(true)] out StationMessage? message) =>
        StationSession.TryTakeOldest(Volatile.Read(ref _snapshot), out message);

    /// <summary>The listener has stopped: whoever waits learns it.</summary>
    public void Finish()
    {
        Volatile.Write(ref _isFinished, true);
        _accepted.Pulse();
        _arrived.Pulse();
    }

    private void ThrowIfFinished()
    {
        if (_isFinished)
        {
            throw new StationException(StationFault.SessionClosed, "The listener was stopped.");
        }
    }

    // Under the gate.
    private void Prune()
    {
        int removed = _sessions.RemoveAll(static session => session.EndReason is not null && session.InboxCount == 0);
        while (_unclaimed.Count > MaxEndedUnclaimed && _unclaimed.Peek().EndReason is not null)
        {
            _unclaimed.Dequeue();
        }

        if (removed > 0)
        {
            _snapshot = [.. _sessions];
        }
    }
}
