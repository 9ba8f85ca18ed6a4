using System.Diagnostics.CodeAnalysis;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>The messages to a service that wait for whoever asks for them. What waits keeps the peer's window shut; what the peer withdraws goes.</summary>
internal sealed class ServiceQueue(SecureSession session) : IServiceSink
{
    // Of messages that were taken already; who answers looks before the next ones come.
    private const int MaxWithdrawn = 256;

    private readonly Lock _gate = new();
    private readonly LinkedList<StationMessage> _messages = new();
    private readonly Dictionary<ulong, LinkedListNode<StationMessage>> _byId = [];
    private readonly Queue<ulong> _withdrawn = new();
    private readonly ArrivalSignal _signal = new();
    private bool _isEnded;

    /// <inheritdoc/>
    public void Take(StationMessage message)
    {
        lock (_gate)
        {
            _byId[message.Id] = _messages.AddLast(message);
        }

        _signal.Pulse();
    }

    /// <inheritdoc/>
    public void Withdraw(ulong id)
    {
        StationMessage? removed = null;
        lock (_gate)
        {
            if (_byId.Remove(id, out LinkedListNode<StationMessage>? node))
            {
                _messages.Remove(node);
                removed = node.Value;
            }
            else
            {
                _withdrawn.Enqueue(id);
                if (_withdrawn.Count > MaxWithdrawn)
                {
                    _withdrawn.Dequeue();
                }
            }
        }

        if (removed is not null)
        {
            session.Services.Release(removed);
        }

        _signal.Pulse();
    }

    /// <inheritdoc/>
    public void OnEnded()
    {
        lock (_gate)
        {
            _isEnded = true;
        }

        _signal.Pulse();
    }

    /// <summary>Whether the peer waits no longer for an answer to a message that was taken.</summary>
    public bool IsWithdrawn(ulong id)
    {
        lock (_gate)
        {
            return _withdrawn.Contains(id);
        }
    }

    /// <summary>The next message, waiting for it; null once the peer has withdrawn the one of <paramref name="unless"/>.</summary>
    /// <exception cref="StationException">The session has ended.</exception>
    public async Task<StationMessage?> TakeAsync(ulong unless, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task arrival = _signal.Arm();
            if (unless != 0 && IsWithdrawn(unless))
            {
                return null;
            }

            if (TryTake(out StationMessage? message, out bool isEnded))
            {
                session.Services.Release(message);
                return message;
            }

            if (isEnded)
            {
                throw session.CreateEndException();
            }

            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Nobody will take them.</summary>
    public void Drop()
    {
        OnEnded();
        while (TryTake(out StationMessage? message, out _))
        {
            session.Services.Release(message);
        }
    }

    private bool TryTake([NotNullWhen(true)] out StationMessage? message, out bool isEnded)
    {
        lock (_gate)
        {
            isEnded = _isEnded;
            message = _messages.First?.Value;
            if (message is null)
            {
                return false;
            }

            _messages.RemoveFirst();
            _byId.Remove(message.Id);
            return true;
        }
    }
}
