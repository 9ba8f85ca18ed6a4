using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>Binds what a server listens on: IPv4 and IPv6 on one port, and for a listener also a Unix socket or a named pipe.</summary>
internal static class ListenerSockets
{
    private const int Backlog = 512;
    private const int Attempts = 16;

    /// <summary>Binds and listens, at an address of any kind.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ListenFailed"/> or <see cref="StationFault.InvalidArgument"/>.</exception>
    public static IReadOnlyList<IConnectionAcceptor> Open(string address, int port)
    {
        bool isPipe = StationAddress.IsNamedPipe(address);
        if (!isPipe && !StationAddress.IsUnixSocket(address))
        {
            return OpenTcp(address, port);
        }

        if (port != 0)
        {
            throw new StationException(StationFault.InvalidArgument, $"'{address}' has no port: leave out port {port}.");
        }

        StationAddress parsed = StationAddress.Parse(address);
        if (!isPipe)
        {
            return [UnixAcceptor.Open(parsed)];
        }

        NamedPipes.RequireWindows();
        return [NamedPipeAcceptor.Open(parsed)];
    }

    /// <summary>Binds and listens, over TCP alone.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ListenFailed"/> or <see cref="StationFault.InvalidArgument"/>.</exception>
    public static IReadOnlyList<TcpAcceptor> OpenTcp(string address, int port)
    {
        if (port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new StationException(StationFault.InvalidArgument, $"{port} is no port to listen on: use 0 for a free one, or 1 to 65535.");
        }

        IPAddress[] addresses = Resolve(address);
        for (int attempt = 1; ; attempt++)
        {
            var sockets = new List<Socket>();
            try
            {
                int chosen = port;
                foreach (IPAddress one in addresses)
                {
                    Socket? socket = OpenOne(one, chosen, isOptional: sockets.Count > 0);
                    if (socket is not null)
                    {
                        sockets.Add(socket);
                        chosen = ((IPEndPoint)socket.LocalEndPoint!).Port;
                    }
                }

                return sockets.ConvertAll(static socket => new TcpAcceptor(socket));
            }
            catch (SocketException e)
            {
                sockets.ForEach(static socket => socket.Dispose());

                // A free IPv4 port may be taken on IPv6: with port 0, draw another.
                if (port != 0 || attempt == Attempts)
                {
                    throw new StationException(StationFault.ListenFailed, $"Cannot listen on {address}, port {port}: {e.Message}", e) { Address = $"{address}:{port}" };
                }
            }
        }
    }

    private static Socket? OpenOne(IPAddress address, int port, bool isOptional)
    {
        Socket socket;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        }
        catch (SocketException) when (isOptional)
        {
            return null; // no IPv6 on this machine
        }

        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            // On Unix a port in TIME_WAIT after a restart may be bound again; on Windows the same option would let others take the port.
            if (OperatingSystem.IsWindows())
            {
                socket.ExclusiveAddressUse = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e) when (isOptional && e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IPAddress[] Resolve(string address)
    {
        if (address.Equals(StationListenerOptions.Loopback, StringComparison.OrdinalIgnoreCase) || address.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        }

        if (address.Equals(StationListenerOptions.Any, StringComparison.OrdinalIgnoreCase) || address == "*")
        {
            return [IPAddress.Any, IPAddress.IPv6Any];
        }

        return IPAddress.TryParse(address, out IPAddress? ip)
            ? [ip]
            : throw new StationException(StationFault.InvalidArgument, $"'{address}' is no address to listen on: use Loopback, Any, or an IP address of this machine.");
    }
}
