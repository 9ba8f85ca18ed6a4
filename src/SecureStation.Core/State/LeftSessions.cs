namespace SecureStation.Core.State;

/// <summary>The sessions that this process has left in its states, the latest of them: whoever had one has what is unread in it.</summary>
internal sealed class LeftSessions
{
    // Of one that is forgotten what is unread is offered once more.
    private const int Max = 4096;

    private readonly Lock _gate = new();
    private readonly HashSet<SessionKey> _sessions = [];
    private readonly Queue<SessionKey> _inOrder = new();

    public void Add(SessionKey session)
    {
        lock (_gate)
        {
            if (_sessions.Add(session))
            {
                _inOrder.Enqueue(session);
                if (_inOrder.Count > Max)
                {
                    _sessions.Remove(_inOrder.Dequeue());
                }
            }
        }
    }

    public bool Contains(SessionKey session)
    {
        lock (_gate)
        {
            return _sessions.Contains(session);
        }
    }
}
