using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Receipts;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Protocols;

/// <summary>The connecting side of the station protocol. One Noise static key, signed once, serves all connections of a client.</summary>
internal sealed class StationProtocolClient : IProtocolClient
{
    private readonly ProtocolClientOptions _options;
    private readonly StationSuite _suite;
    private readonly StationClientKeys _keys;
    private int _isDisposed;

    public StationProtocolClient(ProtocolClientOptions options)
    {
        _suite = StationSuite.Choose(options.Suite, invitation: options.Trust.Invitation);
        _options = options;
        _keys = new StationClientKeys(options.KeyPair);
    }

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public Task<StationSession> ConnectAsync(ITransport transport, CancellationToken cancellationToken) => ConnectAsync(Task.FromResult(transport), cancellationToken);

    public async Task<StationSession> ConnectAsync(Task<ITransport> connecting, CancellationToken cancellationToken)
    {
        ClientTrust trust = _options.Trust;

        // Its keys are made while the connection is.
        using FirstMessage first = FirstMessage.Create(_suite, _keys.Static, trust.Invitation);
        StationReconnector? reconnector = _options.Redial is null ? null : new StationReconnector(_options, _keys.Retain());
        var terms = new InitiatorTerms(_suite, trust.Invitation, _options.Limits, remote => trust.Decide(remote, _keys.Identity))
        {
            First = first,
            Reconnector = reconnector,
            Prepare = _options.AllowSignedReceipts ? SignReceipts : null,
            CreateJournal = _options.State is { } state ? () => new State.SessionJournal(state.Retain()) : null,
            Address = _options.Address,
        };
        StationSession session;
        try
        {
            ITransport transport = await connecting.ConfigureAwait(false);
            session = await StationProtocolV1.ConnectAsync(transport, _keys.Static, terms, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            reconnector?.Dispose();
            throw;
        }

        if (trust.Invitation is not null)
        {
            trust.RememberInvitation(session.RemotePublicKey!, _keys.Identity);
        }

        return session;
    }

    // The identity stays as long as the session, which may outlive the client.
    private void SignReceipts(SecureSession session)
    {
        StationClientKeys keys = _keys.Retain();
        new ReceiptSigner(keys.Identity, TimeProvider.System, keys.Release).Attach(session);
    }

    /// <summary>The session with this address that the state has kept, looking for its peer; null where there is none.</summary>
    public SecureSession? Restore()
    {
        if (_options.State is not { } state || state.Take(all => all.Where(stored => stored is { Over: null, Role: StationRole.Initiator } && stored.Address == _options.Address).TakeLast(1)) is not [{ } last])
        {
            return null;
        }

        // What its record allows now: what it allowed when the session began is not written down.
        SessionDescription description = SecureSession.Describe(last, _keys.Identity) with { Capabilities = _options.Trust.CapabilitiesOf(last.Peer) };
        var session = new SecureSession(
            description, last, new State.SessionJournal(state.Retain()), _options.Limits, TimeProvider.System, keeper: null, new StationReconnector(_options, _keys.Retain()));
        if (_options.AllowSignedReceipts)
        {
            SignReceipts(session);
        }

        session.Reconnect();
        return session;
    }

    /// <summary>The sessions that are over with messages that nobody has received: these are in their inboxes.</summary>
    public IReadOnlyList<SecureSession> RestoreEnded() => _options.State is { } state ? [.. state.TakeEnded().Select(stored => RestoreEnded(stored, state))] : [];

    private SecureSession RestoreEnded(State.StoredSession stored, State.OpenState state)
    {
        var session = new SecureSession(
            SecureSession.Describe(stored, _keys.Identity), stored, new State.SessionJournal(state.Retain()), _options.Limits, TimeProvider.System, keeper: null, reconnector: null);
        session.LoseAsStored(stored);
        return session;
    }

    /// <summary>Forgets the static key; an identity made here goes with it. Sessions that reconnect keep both until they end.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _keys.Release();
        }
    }
}
