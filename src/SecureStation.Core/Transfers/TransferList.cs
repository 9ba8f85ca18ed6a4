namespace SecureStation.Core.Transfers;

/// <summary>The transfers of a place: those that go on, and the last that have ended.</summary>
public sealed class TransferList
{
    /// <summary>How many that have ended are kept.</summary>
    public const int MaxEnded = 256;

    private readonly Lock _gate = new();
    private readonly LinkedList<StationTransfer> _transfers = new();
    private int _ended;

    /// <summary>All of them, the oldest first.</summary>
    public IReadOnlyList<StationTransfer> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _transfers];
            }
        }
    }

    /// <summary>Takes one in.</summary>
    public void Add(StationTransfer transfer)
    {
        lock (_gate)
        {
            _transfers.AddLast(transfer);
        }

        _ = transfer.WaitAsync().ContinueWith(_ => NoteEnded(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void NoteEnded()
    {
        lock (_gate)
        {
            _ended++;
            for (LinkedListNode<StationTransfer>? node = _transfers.First; node is not null && _ended > MaxEnded;)
            {
                LinkedListNode<StationTransfer>? next = node.Next;
                if (node.Value.HasEnded)
                {
                    _transfers.Remove(node);
                    _ended--;
                }

                node = next;
            }
        }
    }
}
