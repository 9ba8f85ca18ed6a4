using System.Net.Sockets;

namespace SecureStation.Core.Transport;

/// <summary>Accepts connections on a Unix domain socket, whose file is its own.</summary>
internal sealed class UnixAcceptor : IConnectionAcceptor
{
    private const int Backlog = 512;

    private readonly Socket _socket;
    private readonly UnixSocketFile _file;

    private UnixAcceptor(StationAddress address, Socket socket, UnixSocketFile file)
    {
        Address = address;
        _socket = socket;
        _file = file;
    }

    public StationAddress Address { get; }

    /// <summary>Binds and listens. A socket file that a dead process has left there is taken away first.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ListenFailed"/>: something else is there, or it is not possible.</exception>
    public static UnixAcceptor Open(StationAddress address)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            UnixSocketFile file = UnixSocketFile.Bind(socket, address.Path, Backlog);
            return new UnixAcceptor(address, socket, file);
        }
        catch (Exception e) when (e is SocketException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            socket?.Dispose();
            throw new StationException(StationFault.ListenFailed, $"Cannot listen on '{address}': {e.Message}", e)
            {
                Subject = StationSubject.UnixSocket,
                Address = address.ToString(),
            };
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    public async ValueTask<ITransport> AcceptAsync(CancellationToken cancellationToken) =>
        new UnixTransport(await SocketAccept.NextAsync(_socket, cancellationToken).ConfigureAwait(false), Address);

    public ValueTask DisposeAsync()
    {
        _file.Remove();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
