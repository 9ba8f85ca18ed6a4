using System.Net.Sockets;

namespace SecureStation.Core.Transport;

/// <summary>A connection over a Unix domain socket.</summary>
public sealed class UnixTransport : SocketTransport
{
    private static readonly TimeSpan s_untilNextAttempt = TimeSpan.FromMilliseconds(20);

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="address">The address of the listener, which names both ends: whoever connects has none of its own.</param>
    internal UnixTransport(Socket socket, StationAddress address)
        : base(socket, address.ToString(), address.ToString())
    {
    }

    /// <summary>Connects. Where the listener has more to accept than the system queues, it waits for its turn.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ConnectFailed"/>: there is no such socket, nobody listens at it, or it may not be used.</exception>
    public static async Task<UnixTransport> ConnectAsync(StationAddress address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        while (true)
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.Path), cancellationToken).ConfigureAwait(false);
                return new UnixTransport(socket, address);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                socket?.Dispose();
            }
            catch (Exception e) when (e is SocketException or PlatformNotSupportedException)
            {
                socket?.Dispose();
                throw Failed(address, e);
            }
            catch
            {
                socket?.Dispose();
                throw;
            }

            await Task.Delay(s_untilNextAttempt, cancellationToken).ConfigureAwait(false);
        }
    }

    private static StationException Failed(StationAddress address, Exception e)
    {
        string why = (e as SocketException)?.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "nobody listens at it: its listener is gone, or it is another kind of file.",
            SocketError.AccessDenied => "it is for another user, or in a folder that is.",
            SocketError.AddressNotAvailable => "there is no such socket.",
            _ when !File.Exists(address.Path) => "there is no such socket.",
            _ => e.Message,
        };
        return new StationException(StationFault.ConnectFailed, $"Cannot connect to '{address}': {why}", e)
        {
            Subject = StationSubject.UnixSocket,
            Stage = HandshakeStage.Connect,
            Address = address.ToString(),
        };
    }
}
