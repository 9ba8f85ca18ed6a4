using SecureStation.Core.Sessions;

namespace SecureStation.Core.Receipts;

/// <summary>The last messages that came into an inbox, read or not: what a receipt says of them. Told under the inbox's lock.</summary>
internal sealed class ReceivedMessages
{
    /// <summary>So many are known.</summary>
    public const int Capacity = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, ReceivedMessage> _byId = [];
    private readonly Queue<ulong> _order = new();

    public void Add(StationMessage message)
    {
        if (message.Digest is not { } digest)
        {
            return;
        }

        lock (_gate)
        {
            _byId[message.Id] = new ReceivedMessage(digest, message.ReceivedAt, message.Session.HandshakeHash);
            _order.Enqueue(message.Id);
            if (_order.Count > Capacity)
            {
                _byId.Remove(_order.Dequeue());
            }
        }
    }

    public ReceivedMessage? Find(ulong id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }
}
