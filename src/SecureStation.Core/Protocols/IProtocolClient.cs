using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Protocols;

/// <summary>The connecting side of a protocol: what all connections of one client share, such as a key pair.</summary>
public interface IProtocolClient : IDisposable
{
    /// <summary>Does what takes long and needs no connection (making a key), so that the peer does not wait for it.</summary>
    ValueTask PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Shakes hands over a connected transport; the session owns it then. The caller bounds the time by the token.</summary>
    /// <exception cref="StationException">The handshake failed; <see cref="StationException.Stage"/> says where.</exception>
    Task<StationSession> ConnectAsync(ITransport transport, CancellationToken cancellationToken);

    /// <summary>As the other, over a transport that is still being connected, so that what needs no peer can be done meanwhile.</summary>
    /// <exception cref="StationException">The connection or the handshake failed. A transport that was connected stays the caller's then.</exception>
    async Task<StationSession> ConnectAsync(Task<ITransport> connecting, CancellationToken cancellationToken) =>
        await ConnectAsync(await connecting.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
}
