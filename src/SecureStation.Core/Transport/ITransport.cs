namespace SecureStation.Core.Transport;

/// <summary>
/// A reliable byte stream between two stations. The only place where I/O happens: everything above eats and returns bytes.
/// One reader and one writer at a time.
/// </summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>The local end, <c>host:port</c> or a name for people.</summary>
    string LocalAddress { get; }

    /// <summary>The remote end, <c>host:port</c> or a name for people.</summary>
    string RemoteAddress { get; }

    /// <summary>
    /// Whether <see cref="CompleteWritesAsync"/> lets the peer read the end of the stream. Where it cannot, a session ends as soon as both Closes are through.
    /// </summary>
    bool CanCompleteWrites => true;

    /// <summary>Reads at least one byte, or returns 0 at the end of the stream.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Writes all of <paramref name="data"/>.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Ends the sending direction; the peer reads the end of the stream, this side may read on.</summary>
    ValueTask CompleteWritesAsync();

    /// <summary>Drops the connection at once, whatever is in flight. Pending reads and writes fail. May be called from any thread.</summary>
    void Abort();
}
