using System.Net.Sockets;

namespace SecureStation.Core.Transport;

/// <summary>A connected stream socket as a transport; what kind of socket it is, its subclasses say.</summary>
public abstract class SocketTransport : ITransport, IWaitingTransport
{
    private readonly Socket _socket;

    private protected SocketTransport(Socket socket, string localAddress, string remoteAddress)
    {
        _socket = socket;
        LocalAddress = localAddress;
        RemoteAddress = remoteAddress;
    }

    /// <inheritdoc/>
    public string LocalAddress { get; }

    /// <inheritdoc/>
    public string RemoteAddress { get; internal set; }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException($"The connection to {RemoteAddress} broke: {e.Message}", e);
        }
    }

    bool IWaitingTransport.WaitForBytes(TimeSpan patience)
    {
        try
        {
            return _socket.Poll(patience, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException($"The connection to {RemoteAddress} broke: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            while (!data.IsEmpty)
            {
                int sent = await _socket.SendAsync(data, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                data = data[sent..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException($"The connection to {RemoteAddress} broke: {e.Message}", e);
        }
    }

    /// <summary>Whether a proxy stands in between: some (tinyproxy) drop both directions as soon as one ends, and with it the peer's last Ack and Close.</summary>
    internal bool IsProxied { get; set; }

    /// <inheritdoc/>
    public bool CanCompleteWrites => !IsProxied;

    /// <inheritdoc/>
    public ValueTask CompleteWritesAsync()
    {
        if (IsProxied)
        {
            return ValueTask.CompletedTask;
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer is gone already; there is nobody left to tell.
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Abort()
    {
        // Dispose, not Close: with a linger time of 0 the peer sees the cut at once and no state stays behind.
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Broken or disposed already.
        }

        _socket.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
