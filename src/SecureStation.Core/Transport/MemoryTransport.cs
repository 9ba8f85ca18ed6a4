using System.Buffers;
using System.IO.Pipelines;

namespace SecureStation.Core.Transport;

/// <summary>One end of a byte stream in memory, for loopback sessions and tests.</summary>
public sealed class MemoryTransport : ITransport
{
    // As much as a socket's buffers would hold before the writer has to wait for the reader.
    private const int PauseAt = 512 * 1024;

    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;

    private MemoryTransport(PipeReader reader, PipeWriter writer, string local, string remote)
    {
        _reader = reader;
        _writer = writer;
        LocalAddress = local;
        RemoteAddress = remote;
    }

    /// <inheritdoc/>
    public string LocalAddress { get; }

    /// <inheritdoc/>
    public string RemoteAddress { get; }

    /// <summary>Makes two connected ends.</summary>
    public static (MemoryTransport Left, MemoryTransport Right) CreatePair()
    {
        var options = new PipeOptions(pauseWriterThreshold: PauseAt, resumeWriterThreshold: PauseAt / 2, useSynchronizationContext: false);
        var leftToRight = new Pipe(options);
        var rightToLeft = new Pipe(options);
        return (new MemoryTransport(rightToLeft.Reader, leftToRight.Writer, "memory:left", "memory:right"),
            new MemoryTransport(leftToRight.Reader, rightToLeft.Writer, "memory:right", "memory:left"));
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            ReadResult result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            int length = (int)Math.Min(buffer.Length, result.Buffer.Length);
            ReadOnlySequence<byte> taken = result.Buffer.Slice(0, length);
            taken.CopyTo(buffer.Span);
            _reader.AdvanceTo(taken.End);
            return length;
        }
        catch (InvalidOperationException e)
        {
            throw new IOException("The connection in memory was cut.", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            FlushResult result = await _writer.WriteAsync(data, cancellationToken).ConfigureAwait(false);
            if (result.IsCompleted)
            {
                throw new IOException("The connection in memory was cut by the peer.");
            }
        }
        catch (InvalidOperationException e)
        {
            throw new IOException("The connection in memory was cut.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteWritesAsync() => _writer.CompleteAsync();

    /// <inheritdoc/>
    public void Abort()
    {
        var cut = new IOException("The connection in memory was cut.");
        _writer.Complete(cut);
        _reader.CancelPendingRead();
        _reader.Complete(cut);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _writer.Complete();
        _reader.CancelPendingRead();
        _reader.Complete();
        return ValueTask.CompletedTask;
    }
}
