using System.Net;
using System.Net.Sockets;

namespace SecureStation.Core.Transport;

/// <summary>A TCP connection: NoDelay, keep-alive, IPv4 or IPv6.</summary>
public sealed class TcpTransport : SocketTransport
{
    /// <summary>Takes over a connected socket.</summary>
    public TcpTransport(Socket socket)
        : base(WithOptions(socket), Describe(socket.LocalEndPoint), Describe(socket.RemoteEndPoint)) => RemoteEndPoint = socket.RemoteEndPoint;

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
            string address = StationAddress.Show(host, port);
            throw new StationException(StationFault.ConnectFailed, $"Cannot connect to {address}: {e.Message}", e) { Stage = HandshakeStage.Connect, Address = address };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket WithOptions(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        return socket;
    }

    private static string Describe(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip => $"{ip.Address.MapToIPv4()}:{ip.Port}",
        null => "unknown",
        _ => endPoint.ToString() ?? "unknown",
    };
}
