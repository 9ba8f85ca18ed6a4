using SecureStation.Core;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Legacy.PlainDh;

/// <summary>The server's side of one exchange.</summary>
internal static class PlainDhResponder
{
    private static readonly TimeSpan s_refusalPatience = TimeSpan.FromSeconds(1);

    /// <summary>Makes the exchange; a client that does not keep to it is told so.</summary>
    /// <exception cref="StationException">Why there is no secret.</exception>
    internal static async Task<DhSharedSecret> ExchangeAsync(
        PlainDhConnection connection, DhServerOptions options, SemaphoreSlim workPermits, CancellationToken cancellationToken)
    {
        string refusal = PlainDhText.NotUnderstood;
        try
        {
            await ExpectAsync(connection, PlainDhText.Hello, PlainDhText.AskForParameters, cancellationToken).ConfigureAwait(false);
            await connection.SendAsync(PlainDhText.Greeting, cancellationToken).ConfigureAwait(false);
            await ExpectAsync(connection, PlainDhText.AskForParameters, PlainDhText.ClientKey, cancellationToken).ConfigureAwait(false);
            await connection.SendAsync(options.Parameter.ToPem(), cancellationToken).ConfigureAwait(false);

            refusal = PlainDhText.InvalidKey;
            await ExpectAsync(connection, PlainDhText.ClientKey, null, cancellationToken).ConfigureAwait(false);
            byte[] pem = await connection.TryReadPemAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new StationException(StationFault.ProtocolError, "The client sent something else than a public key in PEM.");
            (string answer, DhSharedSecret secret) = await AnswerAsync(pem, options, workPermits, cancellationToken).ConfigureAwait(false);
            try
            {
                await connection.SendAsync(answer, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                secret.Dispose();
                throw;
            }

            return secret;
        }
        catch (Exception e) when (e is StationException or OperationCanceledException)
        {
            await RefuseAsync(connection, refusal).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads a word. What stands behind it already must be able to become the next one: <c>Helloo</c> is no Hello.</summary>
    private static async Task ExpectAsync(PlainDhConnection connection, string word, string? next, CancellationToken cancellationToken)
    {
        if (!await connection.TryReadWordAsync(word, cancellationToken).ConfigureAwait(false)
            || (next is not null && !connection.MayContinueWith(next)))
        {
            throw new StationException(StationFault.ProtocolError, $"The client did not say '{word}'.");
        }
    }

    /// <summary>The work of an exchange: bounded in number, so that clients queue for the processors and not on them.</summary>
    private static async Task<(string Answer, DhSharedSecret Secret)> AnswerAsync(
        byte[] pem, DhServerOptions options, SemaphoreSlim workPermits, CancellationToken cancellationToken)
    {
        await workPermits.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                () =>
                {
                    DhPublicKey client = DhPublicKey.Import(pem, options.Parameter, options.Policy, cancellationToken);
                    using DhKeyPair own = DhKeyPair.Generate(options.Parameter, options.Policy, cancellationToken);
                    return (PlainDhText.ServerKey + own.PublicKey.ToPem(), DhExchange.Agree(own, client));
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            workPermits.Release();
        }
    }

    private static async Task RefuseAsync(PlainDhConnection connection, string refusal)
    {
        using var limit = new CancellationTokenSource(s_refusalPatience);
        try
        {
            await connection.SendAsync(refusal, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StationException or OperationCanceledException)
        {
            // The client is gone or does not read.
        }
    }
}
