using SecureStation.Core.Transport;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>A transport that is cut after so many written bytes: its stream ends there, or the connection breaks.</summary>
internal sealed class CutTransport(ITransport inner, int limit, bool breaks) : ITransport
{
    private int _written;
    private bool _isCut;

    public string LocalAddress => inner.LocalAddress;

    public string RemoteAddress => inner.RemoteAddress;

    /// <summary>Bytes that went through.</summary>
    public int Written => _written;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(buffer, cancellationToken);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (_isCut)
        {
            return; // into a cable that leads nowhere
        }

        int through = Math.Min(data.Length, limit - _written);
        if (through > 0)
        {
            await inner.WriteAsync(data[..through], cancellationToken);
            _written += through;
        }

        if (through < data.Length)
        {
            await CutAsync();
        }
    }

    public async ValueTask CutAsync()
    {
        _isCut = true;
        if (breaks)
        {
            inner.Abort();
        }
        else
        {
            await inner.CompleteWritesAsync();
        }
    }

    public ValueTask CompleteWritesAsync() => _isCut ? ValueTask.CompletedTask : inner.CompleteWritesAsync();

    public void Abort() => inner.Abort();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
