using SecureStation.Core.DiffieHellman;

namespace SecureStation.Legacy.PlainDh;

/// <summary>The Diffie-Hellman exchange of the old tutorial program, port 7777, byte for byte. Unauthenticated.</summary>
public sealed class PlainDhWire : IDhWire
{
    /// <inheritdoc/>
    public Task<DhSharedSecret> ExchangeAsync(DhClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return PlainDhClient.ExchangeAsync(options, cancellationToken);
    }

    /// <inheritdoc/>
    public DhServer Start(DhServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return PlainDhServer.Start(options, cancellationToken);
    }
}
