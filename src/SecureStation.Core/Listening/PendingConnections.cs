namespace SecureStation.Core.Listening;

/// <summary>
/// The connections of a listener that are in the handshake, in two budgets: those that have yet to send their first message, which cost next to
/// nothing, and those that have, which cost keys and work. In each, whoever has the most loses the oldest (<see cref="ConnectionBudget{T}"/>).
/// </summary>
/// <param name="waiting">Places before message 1.</param>
/// <param name="started">Places after it.</param>
internal sealed class PendingConnections(int waiting, int started)
{
    private readonly Lock _gate = new();
    private readonly ConnectionBudget<PendingConnection> _waiting = new(waiting);
    private readonly ConnectionBudget<PendingConnection> _started = new(started);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count + _started.Count;
            }
        }
    }

    /// <summary>Takes a newcomer in.</summary>
    public void Add(PendingConnection connection)
    {
        PendingConnection? dropped;
        lock (_gate)
        {
            connection.Place = _waiting.Add(connection.Source, connection, out dropped);
        }

        dropped?.Drop();
    }

    /// <summary>The connection's first message is here. False: it has been dropped.</summary>
    public bool TryStart(PendingConnection connection)
    {
        PendingConnection? dropped;
        lock (_gate)
        {
            if (connection.Place is not { Node: not null } place)
            {
                return false;
            }

            _waiting.Remove(place);
            connection.IsStarted = true;
            connection.Place = _started.Add(connection.Source, connection, out dropped);
        }

        dropped?.Drop();
        return dropped != connection;
    }

    /// <summary>Drops the one that goes first, of those before message 1 if there is one. False: none is pending.</summary>
    public bool TryDropOldest()
    {
        PendingConnection? dropped;
        lock (_gate)
        {
            if (!_waiting.TryTakeOldest(out dropped))
            {
                _started.TryTakeOldest(out dropped);
            }
        }

        dropped?.Drop();
        return dropped is not null;
    }

    /// <summary>The handshake is over, either way.</summary>
    public void Remove(PendingConnection connection)
    {
        lock (_gate)
        {
            if (connection.Place is { } place)
            {
                (connection.IsStarted ? _started : _waiting).Remove(place);
            }
        }
    }

    /// <summary>Drops them all.</summary>
    public void DropAll()
    {
        PendingConnection[] all;
        lock (_gate)
        {
            all = [.. _waiting.All, .. _started.All];
        }

        foreach (PendingConnection connection in all)
        {
            connection.Drop();
        }
    }
}
