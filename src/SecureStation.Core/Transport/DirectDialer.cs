namespace SecureStation.Core.Transport;

/// <summary>Connects straight to an address, by what it names: TCP, a Unix socket, a named pipe.</summary>
public sealed class DirectDialer : IConnectionDialer
{
    private DirectDialer()
    {
    }

    /// <summary>The one that there needs to be.</summary>
    public static DirectDialer Instance { get; } = new();

    /// <inheritdoc/>
    public async Task<ITransport> ConnectAsync(StationAddress address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Kind switch
        {
            StationAddressKind.UnixSocket => await UnixTransport.ConnectAsync(address, cancellationToken).ConfigureAwait(false),
            StationAddressKind.NamedPipe => await NamedPipes.ConnectAsync(address, cancellationToken).ConfigureAwait(false),
            _ => await TcpTransport.ConnectAsync(address.Host, address.Port, cancellationToken).ConfigureAwait(false),
        };
    }
}
