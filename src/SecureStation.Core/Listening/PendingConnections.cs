using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>
/// The connections that are in the handshake. When there are too many, the one that has waited longest for its first message is
/// dropped, never the newcomer: else whoever fills the list would lock everybody out.
/// </summary>
internal sealed class PendingConnections(int capacity)
{
    private readonly LinkedList<ITransport> _waiting = new();
    private int _count;

    public int Count
    {
        get
        {
            lock (_waiting)
            {
                return _count;
            }
        }
    }

    /// <summary>Adds a newcomer and returns its ticket.</summary>
    public LinkedListNode<ITransport> Add(ITransport transport)
    {
        ITransport? dropped = null;
        LinkedListNode<ITransport> ticket;
        lock (_waiting)
        {
            if (_count >= capacity && _waiting.First is { } oldest)
            {
                dropped = oldest.Value;
                _waiting.Remove(oldest);
            }

            _count++;
            ticket = _waiting.AddLast(transport);
        }

        dropped?.Abort();
        return ticket;
    }

    /// <summary>The connection's first message is here: it is not dropped for newcomers any more.</summary>
    public void FirstMessageRead(LinkedListNode<ITransport> ticket)
    {
        lock (_waiting)
        {
            if (ticket.List is not null)
            {
                _waiting.Remove(ticket);
            }
        }
    }

    /// <summary>The handshake is over, either way.</summary>
    public void Remove(LinkedListNode<ITransport> ticket)
    {
        lock (_waiting)
        {
            _count--;
            if (ticket.List is not null)
            {
                _waiting.Remove(ticket);
            }
        }
    }

    /// <summary>Drops them all.</summary>
    public void AbortWaiting()
    {
        ITransport[] all;
        lock (_waiting)
        {
            all = [.. _waiting];
        }

        foreach (ITransport transport in all)
        {
            transport.Abort();
        }
    }
}
