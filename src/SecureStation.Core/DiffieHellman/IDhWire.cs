namespace SecureStation.Core.DiffieHellman;

/// <summary>
/// A Diffie-Hellman exchange over TCP that nobody authenticates: whoever sits between the two makes one secret with each side
/// and reads everything, unnoticed. For old peers; between stations use <see cref="DhSessionExchange"/>.
/// </summary>
public interface IDhWire
{
    /// <summary>Connects to a server and makes one exchange with it.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.ConnectFailed"/>; <see cref="StationFault.Timeout"/>; <see cref="StationFault.Truncated"/>: the
    /// server hung up; <see cref="StationFault.ProtocolError"/>: it said something else, a refusal is in
    /// <see cref="StationException.PeerHint"/>; <see cref="StationFault.InvalidParameter"/> and
    /// <see cref="StationFault.InvalidKey"/>: its parameters or its key are not acceptable.
    /// </exception>
    Task<DhSharedSecret> ExchangeAsync(DhClientOptions options, CancellationToken cancellationToken = default);

    /// <summary>Starts a server.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.ListenFailed"/>; <see cref="StationFault.InvalidArgument"/>: no such address;
    /// <see cref="StationFault.InvalidParameter"/>: the parameters are not acceptable.
    /// </exception>
    DhServer Start(DhServerOptions options, CancellationToken cancellationToken = default);
}
