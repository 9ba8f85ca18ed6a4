using SecureStation.Core.Framing;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake.Driving;

/// <summary>
/// The initiator's way from a connection to a session (docs/protocol/station-1.md, sections 1–5): the only one, whoever connects.
/// <code>
/// MeetAsync    preamble, message 1 ->    &lt;- message 2, whose identity is decided about
/// EnterAsync   message 3, Welcome ->     &lt;- Welcome
/// ResumeAsync  the same, for a session that was cut
/// RefuseAsync  in the place of either: this side's identity stays unsaid
/// </code>
/// </summary>
internal sealed class InitiatorDriver(ITransport transport, StationStaticKey local, InitiatorTerms terms, IHandshakeObserver? observer = null) : IDisposable
{
    private readonly FirstMessage _first = terms.First ?? FirstMessage.Create(terms.Suite, local, terms.Invitation);
    private readonly HandshakeChannel _channel = new(transport, terms.Suite, terms.Invitation);

    /// <summary>Who answered, proven; null before message 2.</summary>
    public StationPublicKey? RemoteIdentity => Handshake.RemoteIdentity;

    /// <summary>What was decided about who answered; null before that.</summary>
    public TrustVerdict? Verdict { get; private set; }

    /// <summary>The encrypted connection, from message 3 on.</summary>
    public SecureConnection? Connection { get; private set; }

    /// <summary>The new session, from message 3 on; over where <see cref="EnterAsync"/> failed.</summary>
    public SecureSession? Session { get; private set; }

    /// <summary>Asks who is there, and decides. The peer has learned nothing of this side's identity yet.</summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/> with its stage; what the decision throws.</exception>
    public async Task<TrustVerdict> MeetAsync(CancellationToken cancellationToken)
    {
        try
        {
            await transport.WriteAsync(_first.Bytes, cancellationToken).ConfigureAwait(false);
            Pass(HandshakeStage.Message1);
            Handshake.Read(await _channel.ReadMessageAsync(HandshakeStage.Message2, cancellationToken).ConfigureAwait(false));
            Pass(HandshakeStage.Message2);
        }
        catch (IOException e)
        {
            throw StationProtocolV1.Broken(Handshake.Stage, e);
        }

        Verdict = terms.Decide(RemoteIdentity!);
        Pass(HandshakeStage.Trust);
        return Verdict;
    }

    /// <summary>As <see cref="MeetAsync"/>; who is not trusted is told so.</summary>
    /// <exception cref="StationException">As there; why who answered is not trusted.</exception>
    public async Task MeetTrustedAsync(CancellationToken cancellationToken)
    {
        TrustVerdict verdict = await MeetAsync(cancellationToken).ConfigureAwait(false);
        if (!verdict.IsTrusted)
        {
            await RefuseAsync(StationReason.PeerUntrusted).ConfigureAwait(false);
            throw verdict.Error!;
        }
    }

    /// <summary>Tells whoever answered that this side goes no further. A courtesy: what cannot be said in a second is left unsaid.</summary>
    public ValueTask RefuseAsync(StationReason reason) => _channel.RefuseAsync(reason);

    /// <summary>Shows this side's identity, and waits to be let in to a new session. Where that fails the session's keys are gone.</summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/> with its stage; <see cref="StationFault.PeerRefused"/> and its kind.</exception>
    /// <exception cref="HandshakeCanceledException">Cancelled.</exception>
    public async Task<SecureSession> EnterAsync(CancellationToken cancellationToken)
    {
        try
        {
            ReadOnlyMemory<byte> alreadyRead = await EstablishAsync(Begin, cancellationToken).ConfigureAwait(false);
            await Session!.StartAsync(alreadyRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Session?.Abort();
            if (Session is not null && e is OperationCanceledException canceled and not HandshakeCanceledException)
            {
                throw new HandshakeCanceledException(HandshakeStage.Welcome, canceled);
            }

            throw;
        }

        Pass(HandshakeStage.Welcome);
        return Session;

        WelcomeFrame Begin(SessionDescription description)
        {
            Session = new SecureSession(description, Connection!, terms.Limits, terms.Time, keeper: null, terms.Reconnector, terms.CreateJournal?.Invoke(), terms.Address);
            terms.Prepare?.Invoke(Session);
            return Session.CreateWelcome(WelcomeFrame.NoSession, 0);
        }
    }

    /// <summary>Shows this side's identity, and asks to go on with a session that was cut. The caller owns the connection of the answer.</summary>
    /// <exception cref="StationException">As <see cref="EnterAsync"/>.</exception>
    public async Task<ResumeAnswer> ResumeAsync(SecureSession session, ulong lastId, CancellationToken cancellationToken)
    {
        SessionDescription? description = null;
        ReadOnlyMemory<byte> alreadyRead = await EstablishAsync(Bind, cancellationToken).ConfigureAwait(false);
        try
        {
            (WelcomeFrame? welcome, ControlFrame close) = await Connection!.ReadAnswerAsync(alreadyRead, cancellationToken).ConfigureAwait(false);
            Pass(HandshakeStage.Welcome);
            return new ResumeAnswer(Connection, welcome, close, description!);
        }
        catch
        {
            await Connection!.DropAsync().ConfigureAwait(false);
            throw;
        }

        WelcomeFrame Bind(SessionDescription established)
        {
            description = established;
            session.Bind(Connection!);
            return session.CreateWelcome(session.Id, lastId);
        }
    }

    public void Dispose() => _first.Dispose();

    /// <summary>Sends message 3 with this side's Welcome behind it, up to the first bytes of the answer, which it returns. Where that fails the keys are gone.</summary>
    private async Task<ReadOnlyMemory<byte>> EstablishAsync(Func<SessionDescription, WelcomeFrame> welcome, CancellationToken cancellationToken)
    {
        try
        {
            await HandshakeChannel.WriteMessageAsync(transport, Handshake, default, SealWelcome, cancellationToken).ConfigureAwait(false);
            Pass(HandshakeStage.Message3);

            // A responder that could not read message 3 has no keys to refuse with: it says so in clear, where its Welcome is due.
            await _channel.PeekLengthAsync(HandshakeStage.Welcome, cancellationToken).ConfigureAwait(false);
            return _channel.Rest;
        }
        catch (Exception e)
        {
            if (Connection is not null)
            {
                await Connection.DropAsync().ConfigureAwait(false);
            }

            switch (e)
            {
                case IOException broken:
                    throw StationProtocolV1.Broken(HandshakeStage.Message3, broken);
                case OperationCanceledException canceled:
                    throw new HandshakeCanceledException(HandshakeStage.Welcome, canceled);
                default:
                    throw;
            }
        }

        byte[] SealWelcome()
        {
            SessionDescription description = StationProtocolV1.Describe(transport, Handshake, StationRole.Initiator, Verdict!, WelcomeFrame.NoSession, _first.StartedAt);
            Connection = new SecureConnection(transport, Handshake.Split(), terms.Limits);
            return Connection.Writer.Seal(welcome(description));
        }
    }

    private StationHandshake Handshake => _first.Handshake;

    private void Pass(HandshakeStage stage) => observer?.Passed(stage, this);
}
