using System.Net;
using System.Net.Sockets;

namespace SecureStation.Core.Transport;

/// <summary>Accepts TCP connections on one socket.</summary>
/// <param name="socket">Bound and listening; it is this object's from now on.</param>
internal sealed class TcpAcceptor(Socket socket) : IConnectionAcceptor
{
    public IPEndPoint EndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    public StationAddress Address => StationAddress.Tcp(EndPoint.Address.ToString(), EndPoint.Port);

    public async ValueTask<ITransport> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Socket client = await SocketAccept.NextAsync(socket, cancellationToken).ConfigureAwait(false);
            try
            {
                return new TcpTransport(client);
            }
            catch (SocketException)
            {
                // It has left already.
                client.Dispose();
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
