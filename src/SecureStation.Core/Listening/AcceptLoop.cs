using System.Net.Sockets;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>Accepts connections on listening sockets, which it owns, until it is stopped.</summary>
internal sealed class AcceptLoop : IAsyncDisposable
{
    private readonly IReadOnlyList<Socket> _sockets;
    private readonly Action<TcpTransport> _accepted;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _loops;

    /// <summary>Begins to accept.</summary>
    /// <param name="sockets">Bound and listening.</param>
    /// <param name="accepted">Takes each connection over, and returns at once.</param>
    public AcceptLoop(IReadOnlyList<Socket> sockets, Action<TcpTransport> accepted)
    {
        _sockets = sockets;
        _accepted = accepted;
        _loops = [.. sockets.Select(AcceptAsync)];
    }

    /// <summary>Accepts no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_loops).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync(Socket socket)
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
                _accepted(new TcpTransport(client));
            }
            catch (SocketException)
            {
                // It has left already.
                client.Dispose();
            }
        }
    }
}
