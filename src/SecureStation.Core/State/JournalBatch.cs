using SecureStation.Core.Sessions;

namespace SecureStation.Core.State;

/// <summary>What one commit takes of a session's messages. Two of them take turns: one is written while the other gathers.</summary>
internal sealed class JournalBatch
{
    public List<OutgoingEntry> Appended { get; } = [];

    public List<StationMessage> Received { get; } = [];

    /// <summary>Messages that were taken, as the few ranges that their ids are: they are taken in order.</summary>
    public List<(ulong First, ulong Last)> Taken { get; } = [];

    public long TakenBytes { get; private set; }

    public long TakenOverhead { get; private set; }

    public void Take(StationMessage message)
    {
        TakenBytes += message.Length;
        TakenOverhead += MessageCost.OfReceived(message);
        if (Taken is [.., var (first, last)] && message.Id == last + 1)
        {
            Taken[^1] = (first, message.Id);
        }
        else
        {
            Taken.Add((message.Id, message.Id));
        }
    }

    public void Clear()
    {
        Appended.Clear();
        Received.Clear();
        Taken.Clear();
        (TakenBytes, TakenOverhead) = (0, 0);
    }
}
