using SecureStation.Core.Transport;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>A transport whose peer stops reading when told, with no buffer between: the next write waits until it is given up.</summary>
internal sealed class StuckTransport(ITransport inner) : ITransport
{
    private volatile bool _isStuck;

    public string LocalAddress => inner.LocalAddress;

    public string RemoteAddress => inner.RemoteAddress;

    public void Stick() => _isStuck = true;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(buffer, cancellationToken);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (_isStuck)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        await inner.WriteAsync(data, cancellationToken);
    }

    public ValueTask CompleteWritesAsync() => inner.CompleteWritesAsync();

    public void Abort() => inner.Abort();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
