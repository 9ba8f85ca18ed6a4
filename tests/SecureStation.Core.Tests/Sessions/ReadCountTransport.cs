using SecureStation.Core.Transport;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>Counts the bytes that the station has read, so that a test knows when it has seen something.</summary>
internal sealed class ReadCountTransport(ITransport inner) : ITransport
{
    private long _read;

    public string LocalAddress => inner.LocalAddress;

    public string RemoteAddress => inner.RemoteAddress;

    public long Read => Interlocked.Read(ref _read);

    /// <summary>Waits until so many bytes have been read and the station reads on.</summary>
    public async Task WhenReadAsync(long bytes)
    {
        for (int i = 0; Read < bytes; i++)
        {
            Assert.True(i < 30_000, $"{Read} of {bytes} bytes read");
            await Task.Delay(1);
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken);
        Interlocked.Add(ref _read, read);
        return read;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => inner.WriteAsync(data, cancellationToken);

    public ValueTask CompleteWritesAsync() => inner.CompleteWritesAsync();

    public void Abort() => inner.Abort();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
