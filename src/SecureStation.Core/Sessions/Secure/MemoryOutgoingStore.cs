namespace SecureStation.Core.Sessions.Secure;

/// <summary>A ring in memory: it grows with what waits, and shrinks when nothing does. What it holds dies with the process.</summary>
internal sealed class MemoryOutgoingStore : IOutgoingStore
{
    // What a quiet session keeps.
    private const int SmallCapacity = 8;

    private OutgoingEntry[] _ring = [];
    private ulong _firstId = 1;
    private int _count;

    public bool IsDurable => false;

    public void Append(in OutgoingEntry entry)
    {
        if (_count == 0)
        {
            _firstId = entry.Id;
        }

        if (entry.Id != _firstId + (ulong)_count)
        {
            throw new InvalidOperationException($"Message {entry.Id} where {_firstId + (ulong)_count} was due.");
        }

        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[Index(entry.Id)] = entry;
        _count++;
    }

    public OutgoingEntry Read(ulong id) => id >= _firstId && id - _firstId < (ulong)_count
        ? _ring[Index(id)]
        : throw new InvalidOperationException($"Message {id} is not kept.");

    public void Forget(ulong upTo)
    {
        for (; _count > 0 && _firstId <= upTo; _count--)
        {
            _ring[Index(_firstId++)] = default;
        }

        if (_count == 0 && _ring.Length > SmallCapacity)
        {
            _ring = [];
        }
    }

    // The capacity is a power of two, so an id's low bits are its place, also after growth.
    private int Index(ulong id) => (int)(id & (ulong)(_ring.Length - 1));

    private void Grow()
    {
        OutgoingEntry[] old = _ring;
        _ring = new OutgoingEntry[Math.Max(SmallCapacity, 2 * old.Length)];
        for (ulong id = _firstId; id < _firstId + (ulong)_count; id++)
        {
            _ring[Index(id)] = old[(int)(id & (ulong)(old.Length - 1))];
        }
    }
}
