using System.Buffers;
using System.Runtime.CompilerServices;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>A list for what comes in bursts: its array is the pool's, and goes back there when the burst is over, so that a quiet session holds none.</summary>
internal sealed class PooledList<T>
{
    private const int FirstCapacity = 16;

    private T[] _items = [];

    // What the last burst needed, so that one like it does not grow step by step.
    private int _lastCount;

    public int Count { get; private set; }

    public ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public void Add(in T item)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _items[Count++] = item;
    }

    /// <summary>Forgets the items.</summary>
    public void Clear()
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            _items.AsSpan(0, Count).Clear();
        }

        Count = 0;
    }

    /// <summary>Forgets the items and gives the array back.</summary>
    public void Release()
    {
        if (_items.Length > 0)
        {
            _lastCount = Math.Max(Count, _lastCount / 2);
            Clear();
            ArrayPool<T>.Shared.Return(_items);
            _items = [];
        }
    }

    private void Grow()
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(FirstCapacity, Count == 0 ? _lastCount : 2 * Count));
        Items.CopyTo(larger);
        int count = Count;
        Release();
        (_items, Count) = (larger, count);
    }
}
