using System.Net;
using System.Security.Cryptography;

namespace SecureStation.Core.Transport.Proxies;

/// <summary>
/// Connects through a proxy, which resolves the name and carries bytes; it can read and change none of them unnoticed, as trust goes from end to
/// end. The caller's token bounds all of it: reaching the proxy, asking, and the proxy's own connecting.
/// </summary>
public sealed class ProxyDialer : IConnectionDialer
{
    private readonly NetworkCredential? _credential;

    /// <param name="proxy">The proxy.</param>
    /// <param name="credential">The login, where the proxy asks for one; it goes to the proxy in clear.</param>
    public ProxyDialer(ProxyAddress proxy, NetworkCredential? credential = null)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        Proxy = proxy;
        _credential = credential;
    }

    /// <summary>The proxy.</summary>
    public ProxyAddress Proxy { get; }

    /// <inheritdoc/>
    /// <exception cref="StationException">
    /// <see cref="StationFault.ConnectFailed"/>: the proxy cannot be reached, or did not connect, with its reason in <see cref="StationException.PeerHint"/>;
    /// <see cref="StationFault.ProxyFailed"/>: it wants another login, or is no such proxy;
    /// <see cref="StationFault.InvalidArgument"/>: not <c>host:port</c>, or a login that the protocol cannot carry.
    /// </exception>
    public async Task<ITransport> ConnectAsync(StationAddress address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Kind != StationAddressKind.Tcp || address.Host.Contains('%', StringComparison.Ordinal))
        {
            throw new StationException(StationFault.InvalidArgument, $"'{address}' is of this machine alone: no proxy leads there.");
        }

        ProxyNegotiation negotiation = ProxyNegotiation.Create(Proxy, address, _credential);
        TcpTransport connection = await ReachAsync(address, cancellationToken).ConfigureAwait(false);
        try
        {
            ITransport through = await NegotiateAsync(connection, negotiation, address, cancellationToken).ConfigureAwait(false);
            connection.RemoteAddress = $"{address} via {Proxy}";
            return through;
        }
        catch (IOException e)
        {
            connection.Abort();
            throw negotiation.Broken($"broke the connection: {e.Message.TrimEnd('.')}", []);
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }

    /// <summary>For messages: <c>the proxy socks5://host:port</c>.</summary>
    public override string ToString() => $"the proxy {Proxy}";

    private async Task<TcpTransport> ReachAsync(StationAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await TcpTransport.ConnectAsync(Proxy.Host, Proxy.Port, cancellationToken).ConfigureAwait(false);
        }
        catch (StationException e)
        {
            throw new StationException(StationFault.ConnectFailed, $"The proxy {Proxy} cannot be reached. {e.Message}", e)
            {
                Subject = StationSubject.Proxy,
                Stage = HandshakeStage.Connect,
                Address = address.ToString(),
            };
        }
    }

    private static async Task<ITransport> NegotiateAsync(TcpTransport connection, ProxyNegotiation negotiation, StationAddress address, CancellationToken cancellationToken)
    {
        var replay = new ReplayTransport(connection, negotiation.MaxAnswer);
        await SendAsync(connection, negotiation.Begin(), cancellationToken).ConfigureAwait(false);
        while (true)
        {
            ProxyStep step = negotiation.Read(replay.Peeked);
            replay.Skip(step.Eaten);
            if (step.IsConnected)
            {
                connection.IsProxied = true;

                // What came behind the answer is the other side's already.
                return replay.Peeked.IsEmpty ? connection : replay;
            }

            if (step.Send.Length > 0)
            {
                await SendAsync(connection, step.Send, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (replay.IsFull)
            {
                throw negotiation.Broken($"answered with more than {negotiation.MaxAnswer} bytes", replay.Peeked);
            }

            if (await replay.PeekAsync(cancellationToken).ConfigureAwait(false) == 0)
            {
                throw negotiation.Broken("closed the connection before its answer was whole", replay.Peeked);
            }
        }
    }

    private static async ValueTask SendAsync(TcpTransport connection, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await connection.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
