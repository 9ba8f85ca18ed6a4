using System.Net.Sockets;

namespace SecureStation.Core.Transport;

/// <summary>What accepting has in common on every kind of socket.</summary>
internal static class SocketAccept
{
    /// <inheritdoc cref="IConnectionAcceptor.AcceptAsync"/>
    public static async ValueTask<Socket> NextAsync(Socket socket, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // A client that left while it was accepted must not slow down the others.
            }
            catch (SocketException e)
            {
                throw new IOException($"No connection could be accepted: {e.Message}", e);
            }
        }
    }
}
