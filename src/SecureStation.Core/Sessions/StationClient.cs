using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Sessions;

/// <summary>Connects to stations. One Noise static key serves all connections of a client.</summary>
public sealed class StationClient : IDisposable
{
    private readonly StationClientOptions _options;
    private readonly StationKeyPair _keyPair;
    private readonly StationStaticKey _static;

    /// <summary>Makes a client: signs its static key once.</summary>
    public StationClient(StationClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!StationSuite.All.Contains(options.Suite))
        {
            throw new StationException(StationFault.InvalidArgument, $"'{options.Suite}' is no suite of the station protocol; use one of {string.Join(", ", StationSuite.All)}.");
        }

        _options = options;
        _keyPair = options.KeyPair ?? StationKeyPair.Generate();
        _static = new StationStaticKey(_keyPair);
    }

    /// <summary>Connects once with these options.</summary>
    /// <exception cref="StationException">See <see cref="ConnectAsync(CancellationToken)"/>.</exception>
    public static async Task<StationSession> ConnectAsync(StationClientOptions options, CancellationToken cancellationToken = default)
    {
        using var client = new StationClient(options);
        return await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects, shakes hands and returns the open session.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.ConnectFailed"/>, <see cref="StationFault.HandshakeFailed"/> with its stage, <see cref="StationFault.PeerUntrusted"/>,
    /// <see cref="StationFault.PeerKeyChanged"/>, <see cref="StationFault.PeerRefused"/>, <see cref="StationFault.InvitationUsed"/>,
    /// <see cref="StationFault.InvitationExpired"/>, <see cref="StationFault.Timeout"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<StationSession> ConnectAsync(CancellationToken cancellationToken = default)
    {
        StationInvitation? invitation = _options.Trust.Invitation;
        (string host, int port) = invitation is null ? (_options.Host, _options.Port) : (invitation.Host, invitation.Port);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Limits.HandshakeTimeout);
        TcpTransport? transport = null;
        try
        {
            transport = await TcpTransport.ConnectAsync(host, port, deadline.Token).ConfigureAwait(false);
            return await ConnectAsync(transport, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            transport?.Abort();
            throw new StationException(StationFault.Timeout, $"{host}:{port} did not {(transport is null ? "answer" : "complete the handshake")} within {_options.Limits.HandshakeTimeout.TotalSeconds:0.###} s.", e)
            {
                Stage = transport is null ? HandshakeStage.Connect : HandshakeStage.Message2,
                Address = $"{host}:{port}",
            };
        }
        catch
        {
            transport?.Abort();
            throw;
        }
    }

    /// <summary>Shakes hands over a transport that is connected already; the session owns it then.</summary>
    public async Task<StationSession> ConnectAsync(ITransport transport, CancellationToken cancellationToken = default)
    {
        ClientTrust trust = _options.Trust;
        string suite = trust.Invitation is null ? _options.Suite : StationSuite.WithInvitation(_options.Suite);
        var terms = new InitiatorTerms(suite, trust.Invitation, _options.Limits, remote => trust.Decide(remote, _keyPair));
        StationSession session = await StationProtocolV1.ConnectAsync(transport, _static, terms, cancellationToken).ConfigureAwait(false);
        if (trust.Invitation is not null)
        {
            trust.RememberInvitation(session.RemotePublicKey!, _keyPair);
        }

        return session;
    }

    /// <summary>Forgets the static key; an identity made here goes with it.</summary>
    public void Dispose()
    {
        _static.Dispose();
        if (_options.KeyPair is null)
        {
            _keyPair.Dispose();
        }
    }
}
