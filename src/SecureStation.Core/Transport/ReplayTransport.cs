namespace SecureStation.Core.Transport;

/// <summary>
/// A transport whose first bytes were read to recognise the protocol: <see cref="ReadAsync"/> gives them back before anything new.
/// </summary>
internal sealed class ReplayTransport(ITransport inner, int maxPeek) : ITransport
{
    // Small at first: thousands of connections may wait for their first bytes at once.
    private byte[] _buffer = new byte[128];
    private int _start;
    private int _end;

    public string LocalAddress => inner.LocalAddress;

    public string RemoteAddress => inner.RemoteAddress;

    public bool CanCompleteWrites => inner.CanCompleteWrites;

    /// <summary>What was read and not yet given back.</summary>
    public ReadOnlySpan<byte> Peeked => _buffer.AsSpan(_start.._end);

    /// <summary>Whether no more may be read ahead.</summary>
    public bool IsFull => _end == maxPeek;

    /// <summary>Reads more ahead. 0 at the end of the stream. A cancelled call has read nothing.</summary>
    public async ValueTask<int> PeekAsync(CancellationToken cancellationToken)
    {
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(2 * _buffer.Length, maxPeek));
        }

        int read = await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read;
    }

    /// <summary>Passes over what was looked at and is done with.</summary>
    public void Skip(int count) => _start += count;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _buffer = [];
            _start = _end = 0;
            return inner.ReadAsync(buffer, cancellationToken);
        }

        int length = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, length).CopyTo(buffer.Span);
        _start += length;
        return new ValueTask<int>(length);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => inner.WriteAsync(data, cancellationToken);

    public ValueTask CompleteWritesAsync() => inner.CompleteWritesAsync();

    public void Abort() => inner.Abort();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
