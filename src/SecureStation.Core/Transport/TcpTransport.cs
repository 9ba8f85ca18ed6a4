using System.Net;
using System.Net.Sockets;

namespace SecureStation.Core.Transport;

/// <summary>A TCP connection: NoDelay, keep-alive, IPv4 or IPv6.</summary>
public sealed class TcpTransport : ITransport
{
    private readonly Socket _socket;

    /// <summary>Takes over a connected socket.</summary>
    public TcpTransport(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        RemoteEndPoint = socket.RemoteEndPoint;
        LocalAddress = Describe(socket.LocalEndPoint);
        RemoteAddress = Describe(RemoteEndPoint);
    }

    /// <inheritdoc/>
    public string LocalAddress { get; }

    /// <inheritdoc/>
    public string RemoteAddress { get; }

    /// <summary>Where the connection comes from; null where the system does not say.</summary>
    internal EndPoint? RemoteEndPoint { get; }

    /// <summary>Resolves a host and connects to the first of its addresses that answers.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ConnectFailed"/>: the name is unknown or nobody answers.</exception>
    public static async Task<TcpTransport> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            return new TcpTransport(socket);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new StationException(StationFault.ConnectFailed, $"Cannot connect to {host}:{port}: {e.Message}", e)
            {
                Stage = HandshakeStage.Connect,
                Address = $"{host}:{port}",
            };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

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

    /// <inheritdoc/>
    public ValueTask CompleteWritesAsync()
    {
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
        return ValueTask.CompletedTask;
    }

    private static string Describe(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip => $"{ip.Address.MapToIPv4()}:{ip.Port}",
        null => "unknown",
        _ => endPoint.ToString() ?? "unknown",
    };
}
