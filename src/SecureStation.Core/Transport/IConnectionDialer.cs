namespace SecureStation.Core.Transport;

/// <summary>Makes connections: straight to where they lead (<see cref="DirectDialer"/>), or through somebody else.</summary>
public interface IConnectionDialer
{
    /// <summary>Connects; the caller owns the transport and bounds the time by the token.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ConnectFailed"/>, or a reason of the dialer's own. Its stage is <see cref="HandshakeStage.Connect"/>.</exception>
    Task<ITransport> ConnectAsync(StationAddress address, CancellationToken cancellationToken);
}
