using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>
/// Accepts connections and serves each by itself, many at once. When there are too many, the oldest of the source that has the most is dropped
/// (<see cref="ConnectionBudget{T}"/>): else whoever fills the list would lock everybody out.
/// </summary>
internal sealed class ConnectionServer : IAsyncDisposable
{
    private readonly Func<TcpTransport, CancellationToken, Task> _serve;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly ConnectionBudget<TcpTransport> _connections;
    private readonly AcceptLoop _loop;
    private int _isStopped;

    private ConnectionServer(IReadOnlyList<Socket> sockets, int maxConnections, Func<TcpTransport, CancellationToken, Task> serve)
    {
        _serve = serve;
        _connections = new ConnectionBudget<TcpTransport>(maxConnections);
        // An array, so that scripts can index it: what a collection expression makes of an interface they cannot.
        EndPoints = sockets.Select(static socket => (IPEndPoint)socket.LocalEndPoint!).ToArray();
        _loop = new AcceptLoop(sockets, transport => _ = ServeAsync(transport));
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
        return new ConnectionServer(ListenerSockets.Open(address, port), maxConnections, serve);
    }

    /// <summary>Stops accepting and drops the connections that are there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.DisposeAsync().ConfigureAwait(false);
        TcpTransport[] left;
        lock (_gate)
        {
            left = [.. _connections.All];
        }

        foreach (TcpTransport transport in left)
        {
            transport.Abort();
        }
    }

    private async Task ServeAsync(TcpTransport transport)
    {
        // Before the yield, so that the places are in the order of arrival.
        ConnectionBudget<TcpTransport>.Place place;
        TcpTransport? dropped;
        lock (_gate)
        {
            place = _connections.Add(ConnectionSource.Of(transport.RemoteEndPoint), transport, out dropped);
        }

        dropped?.Abort();
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
            lock (_gate)
            {
                _connections.Remove(place);
            }

            await transport.DisposeAsync().ConfigureAwait(false);
        }
    }
}
