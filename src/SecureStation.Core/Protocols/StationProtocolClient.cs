using SecureStation.Core.Connecting;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Protocols;

/// <summary>The connecting side of the station protocol. One Noise static key, signed once, serves all connections of a client.</summary>
internal sealed class StationProtocolClient : IProtocolClient
{
    private readonly StationClientOptions _options;
    private readonly StationSuite _suite;
    private readonly StationKeyPair _keyPair;
    private readonly StationStaticKey _static;

    public StationProtocolClient(StationClientOptions options)
    {
        _suite = StationSuite.Choose(options.Suite, invitation: options.Trust.Invitation);
        _options = options;
        _keyPair = options.KeyPair ?? StationKeyPair.Generate();
        _static = new StationStaticKey(_keyPair);
    }

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public Task<StationSession> ConnectAsync(ITransport transport, CancellationToken cancellationToken) => ConnectAsync(Task.FromResult(transport), cancellationToken);

    public async Task<StationSession> ConnectAsync(Task<ITransport> connecting, CancellationToken cancellationToken)
    {
        ClientTrust trust = _options.Trust;

        // Its keys are made while the connection is.
        using FirstMessage first = FirstMessage.Create(_suite, _static, trust.Invitation);
        var terms = new InitiatorTerms(_suite, trust.Invitation, _options.Limits, remote => trust.Decide(remote, _keyPair)) { First = first };
        ITransport transport = await connecting.ConfigureAwait(false);
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
