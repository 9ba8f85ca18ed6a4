using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>
/// Accepts connections and serves each by itself, many at once. When there are too many, the one that has been there longest is
/// dropped, never the newcomer: else whoever fills the list would lock everybody out.
/// </summary>
internal sealed class ConnectionServer : IAsyncDisposable
{
    private readonly IReadOnlyList<Socket> _sockets;
    private readonly int _maxConnections;
    private readonly Func<TcpTransport, CancellationToken, Task> _serve;
    private readonly CancellationTokenSource _stop = new();
    private readonly LinkedList<TcpTransport> _connections = new();
    private readonly List<Task> _acceptLoops = [];
    private int _isStopped;

    private ConnectionServer(IReadOnlyList<Socket> sockets, int maxConnections, Func<TcpTransport, CancellationToken, Task> serve)
    {
        _sockets = sockets;
        _maxConnections = maxConnections;
        _serve = serve;
        EndPoints = [.. sockets.Select(static socket => (IPEndPoint)socket.LocalEndPoint!)];
    }

    /// <summary>The addresses it listens on.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>Whether it still accepts.</summary>
    public bool IsListening => Volatile.Read(ref _isStopped) == 0;

    /// <summary>Binds, starts to accept and returns.</summary>
    /// <param name="address"><see cref="StationListenerOptions.Loopback"/>, <see cref="StationListenerOptions.Any"/>, or an IP address.</param>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <param name="maxConnections">How many at once.</param>
    /// <param name="serve">Serves one connection; it is closed afterwards. Its exceptions end that connection only.</param>
    /// <exception cref="StationException"><see cref="StationFault.ListenFailed"/> or <see cref="StationFault.InvalidArgument"/>.</exception>
    public static ConnectionServer Start(string address, int port, int maxConnections, Func<TcpTransport, CancellationToken, Task> serve)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConnections, 1);
        var server = new ConnectionServer(ListenerSockets.Open(address, port), maxConnections, serve);
        foreach (Socket socket in server._sockets)
        {
            server._acceptLoops.Add(server.AcceptLoopAsync(socket));
        }

        return server;
    }

    /// <summary>Stops accepting and drops the connections that are there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_acceptLoops).ConfigureAwait(false);
        TcpTransport[] left;
        lock (_connections)
        {
            left = [.. _connections];
        }

        foreach (TcpTransport transport in left)
        {
            transport.Abort();
        }
    }

    private async Task AcceptLoopAsync(Socket socket)
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                bool hasLeft = e is SocketException { SocketErrorCode: SocketError.ConnectionAborted or SocketError.ConnectionReset };
                if (!hasLeft && !_stop.IsCancellationRequested)
                {
                    // Out of descriptors: a short rest, and on. A client that left while it was accepted must not slow down the others.
                    await Task.Delay(50).ConfigureAwait(false);
                }

                continue;
            }

            try
            {
                _ = ServeAsync(new TcpTransport(client));
            }
            catch (SocketException)
            {
                // It has left already.
                client.Dispose();
            }
        }
    }

    private async Task ServeAsync(TcpTransport transport)
    {
        // Before the yield, so that the list is in the order of arrival.
        LinkedListNode<TcpTransport> node = Add(transport);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await _serve(transport, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever happens here is this connection's own affair; who serves it counts and tells.
        }
        finally
        {
            lock (_connections)
            {
                if (node.List is not null)
                {
                    _connections.Remove(node);
                }
            }

            await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    private LinkedListNode<TcpTransport> Add(TcpTransport transport)
    {
        TcpTransport? dropped = null;
        LinkedListNode<TcpTransport> node;
        lock (_connections)
        {
            if (_connections.Count >= _maxConnections && _connections.First is { } oldest)
            {
                dropped = oldest.Value;
                _connections.Remove(oldest);
            }

            node = _connections.AddLast(transport);
        }

        dropped?.Abort();
        return node;
    }
}
