using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Protocols;

/// <summary>
/// The accepting side of a protocol in one listener: what its connections share (keys, the list of a chat's clients).
/// Called for many connections at once.
/// </summary>
public interface IProtocolListener : IDisposable
{
    /// <summary>Shakes hands with a client; the session owns the transport then. The listener bounds the time by the token.</summary>
    /// <exception cref="StationException">The handshake failed; <see cref="StationException.Stage"/> says where.</exception>
    Task<StationSession> AcceptAsync(ITransport transport, IPendingConnection connection, CancellationToken cancellationToken);
}
