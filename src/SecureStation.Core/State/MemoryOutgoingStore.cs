using System.Buffers;

namespace SecureStation.Core.State;

/// <summary>
/// A ring in memory: it grows with what waits, by arrays of the pool, and gives them back when nothing does. What it holds dies with the process.
/// </summary>
internal sealed class MemoryOutgoingStore : IOutgoingStore
{
    // What a quiet session keeps.
    private const int SmallCapacity = 8;

    // Of a rented array, which may be longer, a power of two is used.
    private OutgoingEntry[] _ring = [];
    private int _capacity;
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

        if (_count == _capacity)
        {
            Grow();
        }

        _ring[Index(entry.Id)] = entry;
        _count++;
    }

    public OutgoingEntry Read(ulong id) => Place(id);

    public void Replace(in OutgoingEntry entry) => Place(entry.Id) = entry;

    public void Forget(ulong upTo)
    {
        for (; _count > 0 && _firstId <= upTo; _count--)
        {
            _ring[Index(_firstId++)] = default;
        }

        if (_count == 0)
        {
            Release();
        }
    }

    private ref OutgoingEntry Place(ulong id)
    {
        if (id < _firstId || id - _firstId >= (ulong)_count)
        {
            throw new InvalidOperationException($"Message {id} is not kept.");
        }

        return ref _ring[Index(id)];
    }

    // The capacity is a power of two, so an id's low bits are its place, also after growth.
    private int Index(ulong id) => (int)(id & (ulong)(_capacity - 1));

    private void Grow()
    {
        OutgoingEntry[] old = _ring;
        int oldCapacity = _capacity;
        _capacity = Math.Max(SmallCapacity, 2 * oldCapacity);
        _ring = _capacity == SmallCapacity ? new OutgoingEntry[SmallCapacity] : ArrayPool<OutgoingEntry>.Shared.Rent(_capacity);
        for (ulong id = _firstId; id < _firstId + (ulong)_count; id++)
        {
            _ring[Index(id)] = old[(int)(id & (ulong)(oldCapacity - 1))];
        }

        if (oldCapacity > SmallCapacity)
        {
            old.AsSpan(0, oldCapacity).Clear();
            ArrayPool<OutgoingEntry>.Shared.Return(old);
        }
    }

    // What was forgotten is cleared already.
    private void Release()
    {
        if (_capacity > SmallCapacity)
        {
            ArrayPool<OutgoingEntry>.Shared.Return(_ring);
            _ring = [];
            _capacity = 0;
        }
    }
}
