using SecureStation.Core;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.PlainDh;

/// <summary>The client's side of one exchange.</summary>
internal static class PlainDhClient
{
    private static readonly TimeSpan s_hintPatience = TimeSpan.FromMilliseconds(500);

    internal static async Task<DhSharedSecret> ExchangeAsync(DhClientOptions options, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Timeout);
        try
        {
            await using TcpTransport transport = await TcpTransport.ConnectAsync(options.Host, options.Port, deadline.Token).ConfigureAwait(false);
            DhSharedSecret secret = await ExchangeAsync(transport, options, deadline.Token).ConfigureAwait(false);
            secret.RemoteAddress = transport.RemoteAddress;
            return secret;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StationException(StationFault.Timeout, $"The Diffie-Hellman exchange with {options.Host}:{options.Port} took more than {options.Timeout.TotalSeconds:0.#} s.")
            {
                Address = $"{options.Host}:{options.Port}",
            };
        }
    }

    internal static async Task<DhSharedSecret> ExchangeAsync(ITransport transport, DhClientOptions options, CancellationToken cancellationToken)
    {
        var connection = new PlainDhConnection(transport);
        await connection.SendAsync(PlainDhText.Hello, cancellationToken).ConfigureAwait(false);
        if (!await connection.TryReadWordAsync(PlainDhText.Greeting, cancellationToken).ConfigureAwait(false))
        {
            throw await UnexpectedAsync(connection, "its greeting").ConfigureAwait(false);
        }

        await connection.SendAsync(PlainDhText.AskForParameters, cancellationToken).ConfigureAwait(false);
        byte[] parameterPem = await ReadPemAsync(connection, "its parameters", cancellationToken).ConfigureAwait(false);
        using DhKeyPair own = await Task.Run(() => MakeKeyPair(parameterPem, options, cancellationToken), cancellationToken).ConfigureAwait(false);

        await connection.SendAsync(PlainDhText.ClientKey + own.PublicKey.ToPem(), cancellationToken).ConfigureAwait(false);
        if (!await connection.TryReadWordAsync(PlainDhText.ServerKey, cancellationToken).ConfigureAwait(false))
        {
            throw await UnexpectedAsync(connection, "its public key").ConfigureAwait(false);
        }

        byte[] keyPem = await ReadPemAsync(connection, "its public key", cancellationToken).ConfigureAwait(false);
        return await Task.Run(
            () => DhExchange.Agree(own, DhPublicKey.Import(keyPem, own.Parameter, options.Policy, cancellationToken)),
            cancellationToken).ConfigureAwait(false);
    }

    private static DhKeyPair MakeKeyPair(byte[] parameterPem, DhClientOptions options, CancellationToken cancellationToken)
    {
        DhParameter offered = DhParameter.Import(parameterPem);
        if (options.Parameter is { } expected && !offered.Equals(expected))
        {
            throw new StationException(StationFault.InvalidParameter, $"The server has other Diffie-Hellman parameters ({offered}) than expected ({expected}).");
        }

        return DhKeyPair.Generate(offered, options.Policy, cancellationToken);
    }

    private static async Task<byte[]> ReadPemAsync(PlainDhConnection connection, string what, CancellationToken cancellationToken) =>
        await connection.TryReadPemAsync(cancellationToken).ConfigureAwait(false)
        ?? throw await UnexpectedAsync(connection, what).ConfigureAwait(false);

    private static async Task<StationException> UnexpectedAsync(PlainDhConnection connection, string what)
    {
        string rest = await connection.ReadRestAsync(s_hintPatience).ConfigureAwait(false);
        string said = ForeignText.Show(rest, 80);
        return new StationException(StationFault.ProtocolError, $"The server did not send {what}. It said: '{said}'.") { PeerHint = said };
    }
}
