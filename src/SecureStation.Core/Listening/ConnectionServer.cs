using System.Net;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>
/// Accepts connections and serves each by itself, many at once. When there are too many, the oldest of the source that has the most is dropped
/// (<see cref="ConnectionBudget{T}"/>): else whoever fills the list would lock everybody out.
/// </summary>
internal sealed class ConnectionServer : IAsyncDisposable
{
    private readonly Func<ITransport, CancellationToken, Task> _serve;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly ConnectionBudget<ITransport> _connections;
    private readonly AcceptLoop _loop;
    private int _isStopped;

    private ConnectionServer(IReadOnlyList<TcpAcceptor> acceptors, int maxConnections, Func<ITransport, CancellationToken, Task> serve)
    {
        _serve = serve;
        _connections = new ConnectionBudget<ITransport>(maxConnections);
        // An array, so that scripts can index it: what a collection expression makes of an interface they cannot.
        EndPoints = acceptors.Select(static acceptor => acceptor.EndPoint).ToArray();
        _loop = new AcceptLoop(acceptors, transport => _ = ServeAsync(transport), static () => false);
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
    public static ConnectionServer Start(string address, int port, int maxConnections, Func<ITransport, CancellationToken, Task> serve)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConnections, 1);
        return new ConnectionServer(ListenerSockets.OpenTcp(address, port), maxConnections, serve);
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
        ITransport[] left;
        lock (_gate)
        {
            left = [.. _connections.All];
        }

        foreach (ITransport transport in left)
        {
            transport.Abort();
        }
    }

    private async Task ServeAsync(ITransport transport)
    {
        // Before the yield, so that the places are in the order of arrival.
        ConnectionBudget<ITransport>.Place place;
        ITransport? dropped;
        lock (_gate)
        {
            place = _connections.Add(ConnectionSource.Of(transport), transport, out dropped);
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
