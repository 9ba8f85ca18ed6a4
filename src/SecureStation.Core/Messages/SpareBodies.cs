namespace SecureStation.Core.Messages;

/// <summary>
/// Bodies of messages of one session that whoever received them gave back, for the next ones of the same length: the pieces of a transfer have one. A few,
/// so that they stay in the processor's cache; the last first. Nobody but who gives one back may have kept it.
/// </summary>
internal sealed class SpareBodies
{
    /// <summary>Shorter bodies are not worth while.</summary>
    public const int MinLength = 8 * 1024;

    private const int MaxBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Stack<byte[]> _bodies = new();
    private int _bytes;
    private bool _isOver;

    /// <summary>A body of just this length, with whatever is in it; null: there is none.</summary>
    public byte[]? TryTake(int length)
    {
        if (length < MinLength)
        {
            return null;
        }

        lock (_gate)
        {
            if (!_bodies.TryPeek(out byte[]? body) || body.Length != length)
            {
                return null;
            }

            _bytes -= length;
            return _bodies.Pop();
        }
    }

    /// <summary>Takes a body back. Those of another length than the last one's give way to it.</summary>
    public void Return(byte[] body)
    {
        if (body.Length < MinLength)
        {
            return;
        }

        lock (_gate)
        {
            if (_bodies.TryPeek(out byte[]? last) && last.Length != body.Length)
            {
                Clear();
            }

            if (!_isOver && _bytes + body.Length <= MaxBytes)
            {
                _bodies.Push(body);
                _bytes += body.Length;
            }
        }
    }

    /// <summary>Lets go of all: the session is quiet.</summary>
    public void Clear()
    {
        if (Volatile.Read(ref _bytes) > 0)
        {
            lock (_gate)
            {
                _bodies.Clear();
                _bytes = 0;
            }
        }
    }

    /// <summary>Lets go of all for good: the session is over.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        Clear();
    }
}
