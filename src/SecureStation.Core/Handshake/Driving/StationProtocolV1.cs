using System.Security.Cryptography;
using SecureStation.Core.Framing;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake.Driving;

/// <summary>
/// The beginning of a station session on either side, over any transport: preamble, three handshake messages, Welcome
/// (docs/protocol/station-1.md, sections 1–5). No retry and no fallback: one attempt, one suite.
/// </summary>
internal static class StationProtocolV1
{
    public const string Name = SessionDescription.StationProtocol;

    private static long s_thirdMessages;

    /// <summary>The initiator's side: a new session.</summary>
    public static async Task<StationSession> ConnectAsync(ITransport transport, StationStaticKey local, InitiatorTerms terms, CancellationToken cancellationToken)
    {
        using var driver = new InitiatorDriver(transport, local, terms);
        await driver.MeetTrustedAsync(cancellationToken).ConfigureAwait(false);
        return await driver.EnterAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The initiator's side: a session that was cut, whose peer is asked to go on. The caller owns the connection that it answers on.</summary>
    public static async Task<ResumeAnswer> ResumeAsync(
        ITransport transport, StationStaticKey local, InitiatorTerms terms, SecureSession session, ulong lastId, CancellationToken cancellationToken)
    {
        using var driver = new InitiatorDriver(transport, local, terms);
        await driver.MeetTrustedAsync(cancellationToken).ConfigureAwait(false);
        return await driver.ResumeAsync(session, lastId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The responder's side.</summary>
    public static async Task<StationSession> AcceptAsync(ITransport transport, StationStaticKey local, ResponderTerms terms, CancellationToken cancellationToken)
    {
        DateTimeOffset startedAt = terms.Time.GetUtcNow();
        var channel = new HandshakeChannel(transport);
        StationHandshake? handshake = null;
        HandshakeStage stage = HandshakeStage.Preamble;
        try
        {
            string asked = await channel.ReadPreambleAsync(cancellationToken).ConfigureAwait(false);
            if (StationSuite.Find(asked) is not { } suite || !terms.Suites.Contains(asked))
            {
                await channel.RefuseAsync(StationReason.UnsupportedSuite).ConfigureAwait(false);
                throw new StationException(StationFault.HandshakeFailed, "The handshake failed at Preamble: the initiator asks for a suite that is not allowed here.") { Stage = HandshakeStage.Preamble };
            }

            // Nothing but the bytes until message 1 is whole: thousands may wait here at once.
            stage = HandshakeStage.Message1;
            byte[] message1 = await channel.ReadMessage1Async(suite, cancellationToken).ConfigureAwait(false);
            handshake = StationHandshake.CreateResponder(suite, local);
            handshake.Read(message1);
            terms.FirstMessageRead();

            IInvitationUse? invitation = null;
            if (suite.NeedsInvitation)
            {
                // Looked up before any Diffie-Hellman: an unknown id costs the listener nothing.
                invitation = terms.FindInvitation(handshake.InvitationId);
                if (invitation is null)
                {
                    await channel.RefuseAsync(StationReason.InvitationUnknown).ConfigureAwait(false);
                    throw new StationException(StationFault.HandshakeFailed, "The handshake failed at Message1: no such invitation was given out.") { Stage = HandshakeStage.Message1 };
                }

                invitation.GiveSecretTo(handshake);
            }

            await WorkAsync(
                terms, channel, () => HandshakeChannel.WriteMessageAsync(transport, handshake, default, after: null, cancellationToken), cancellationToken).ConfigureAwait(false);
            byte[] message3 = await channel.ReadMessageAsync(HandshakeStage.Message3, cancellationToken).ConfigureAwait(false);
            await WorkAsync(terms, channel, () => Read(handshake, message3), cancellationToken).ConfigureAwait(false);
            return await WelcomeAsync(transport, channel, handshake, invitation, terms, startedAt, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Broken(handshake?.Stage ?? stage, e);
        }
        catch (OperationCanceledException e)
        {
            throw new HandshakeCanceledException(handshake?.Stage ?? stage, e);
        }
        finally
        {
            handshake?.Dispose();
        }
    }

    /// <summary>
    /// Either side, after a handshake whose three messages went another way: the Welcomes over <paramref name="transport"/>, and the session.
    /// </summary>
    public static async Task<StationSession> WelcomeAsync(
        ITransport transport, StationHandshake handshake, TrustVerdict verdict, StationLimits limits, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        // The responder names the session; the initiator leaves the place empty.
        byte[] id = handshake.IsInitiator ? new byte[16] : RandomNumberGenerator.GetBytes(16);
        SecureSession session = CreateSession(transport, handshake, handshake.IsInitiator ? StationRole.Initiator : StationRole.Responder, verdict, id, limits, TimeProvider.System, startedAt);
        await SendWelcomeAsync(transport, session, id, cancellationToken).ConfigureAwait(false);
        await session.StartAsync(default, cancellationToken).ConfigureAwait(false);
        return session;
    }

    /// <summary>Does Diffie-Hellman or signature work when it is this connection's turn; tells the peer where that fails.</summary>
    private static async ValueTask WorkAsync(ResponderTerms terms, HandshakeChannel channel, Func<ValueTask> work, CancellationToken cancellationToken)
    {
        try
        {
            await terms.WithWorkPermitAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (StationException e) when (e.Fault == StationFault.HandshakeFailed)
        {
            // When the turn is over: a peer that is slow to take its refusal must not keep the others waiting for theirs.
            await channel.RefuseAsync(StationReason.HandshakeFailed).ConfigureAwait(false);
            throw;
        }
    }

    private static ValueTask Read(StationHandshake handshake, byte[] message)
    {
        handshake.Read(message);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Message 3 is read: accept the peer with Welcome or refuse it with Close, both encrypted. Before a Welcome the initiator's is read, which says whether
    /// it comes for a new session or goes on with one.
    /// </summary>
    private static async Task<StationSession> WelcomeAsync(
        ITransport transport, HandshakeChannel channel, StationHandshake handshake, IInvitationUse? invitation, ResponderTerms terms, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        long order = Interlocked.Increment(ref s_thirdMessages);
        StationPublicKey remote = handshake.RemoteIdentity!;
        (TrustVerdict verdict, StationReason refusal) = Decide(() => terms.Decide(remote, invitation));
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        SessionDescription description = Describe(transport, handshake, StationRole.Responder, verdict, id, startedAt);
        var connection = new SecureConnection(transport, handshake.Split(), terms.Limits);
        try
        {
            await RefuseUnlessTrustedAsync(connection, verdict, refusal, cancellationToken).ConfigureAwait(false);
            WelcomeFrame welcome = await connection.ReadWelcomeAsync(channel.Rest, cancellationToken).ConfigureAwait(false);
            if (welcome.SessionId != WelcomeFrame.NoSession)
            {
                return await ResumeAsync(new ResumeAnswer(connection, welcome, default, description), order, terms.Keeper, cancellationToken).ConfigureAwait(false);
            }

            (verdict, refusal) = Decide(() => terms.Admit(remote, invitation, verdict));
            await RefuseUnlessTrustedAsync(connection, verdict, refusal, cancellationToken).ConfigureAwait(false);
            return await BeginAsync(
                connection,
                description with { TrustBasis = verdict.Basis, PeerName = verdict.PeerName, Capabilities = verdict.Capabilities },
                welcome,
                terms,
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.DropAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A new session: this side's Welcome, and off it goes.</summary>
    private static async Task<StationSession> BeginAsync(
        SecureConnection connection, SessionDescription description, WelcomeFrame welcome, ResponderTerms terms, CancellationToken cancellationToken)
    {
        var session = new SecureSession(description, connection, terms.Limits, terms.Time, terms.Keeper, journal: welcome.IsKept ? terms.Keeper?.CreateJournal() : null);
        terms.Prepare(session);
        terms.Keeper?.Add(session);
        try
        {
            await connection.WriteAsync(session.CreateWelcome(session.Id, 0), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await session.DiscardAsync(HandshakeIsOver()).ConfigureAwait(false);
            throw e is IOException broken ? Broken(HandshakeStage.Welcome, broken) : e;
        }

        session.Start(welcome);
        return session;
    }

    /// <summary>The session that the initiator goes on with, if it is kept and the initiator is its peer; else Close instead of Welcome.</summary>
    private static async Task<StationSession> ResumeAsync(ResumeAnswer asked, long order, ISessionKeeper? keeper, CancellationToken cancellationToken)
    {
        (SecureSession? session, StationReason refusal, ulong lastId) = keeper?.Find(asked) ?? (null, StationReason.NotResumed, 0);
        StationException? broken = null;
        try
        {
            if (session is not null)
            {
                if (session.TakeOver(asked, order))
                {
                    return session;
                }

                (refusal, lastId) = session.EndReason is null ? (StationReason.Superseded, 0) : (StationReason.Closed, session.LastId);
            }
        }
        catch (StationException e)
        {
            (refusal, broken) = (StationReason.ProtocolError, e);
        }

        await asked.Connection.RefuseAsync(refusal, lastId, cancellationToken).ConfigureAwait(false);
        throw broken ?? new StationException(StationFault.SessionLost, $"The session that {asked.Description.RemotePublicKey!.Fingerprint} would go on with is not resumed: {refusal}.")
        {
            Stage = HandshakeStage.Welcome,
            PeerFingerprint = asked.Description.RemotePublicKey.Fingerprint.ToString(),
        };
    }

    private static async Task RefuseUnlessTrustedAsync(SecureConnection connection, TrustVerdict verdict, StationReason refusal, CancellationToken cancellationToken)
    {
        if (!verdict.IsTrusted)
        {
            await connection.RefuseAsync(refusal, 0, cancellationToken).ConfigureAwait(false);
            throw verdict.Error!;
        }
    }

    private static (TrustVerdict Verdict, StationReason Refusal) Decide(Func<(TrustVerdict Verdict, StationReason Refusal)> decide)
    {
        try
        {
            return decide();
        }
        catch (StationException e)
        {
            // A trust store that cannot be read accepts nobody. The peer is told that, and no more.
            return (TrustVerdict.Refused(e), StationReason.PeerUntrusted);
        }
    }

    internal static SecureSession CreateSession(
        ITransport transport, StationHandshake handshake, StationRole role, TrustVerdict verdict, byte[] id, StationLimits limits, TimeProvider time, DateTimeOffset startedAt)
    {
        SessionDescription description = Describe(transport, handshake, role, verdict, Convert.ToHexStringLower(id), startedAt);
        return new SecureSession(description, new SecureConnection(transport, handshake.Split(), limits), limits, time);
    }

    internal static SessionDescription Describe(
        ITransport transport, StationHandshake handshake, StationRole role, TrustVerdict verdict, string id, DateTimeOffset startedAt) => new()
        {
            Id = id,
            Protocol = Name,
            Suite = handshake.Suite.Name,
            IsSecure = true,
            Role = role,
            LocalAddress = transport.LocalAddress,
            RemoteAddress = transport.RemoteAddress,
            LocalPublicKey = handshake.LocalIdentity.PublicKey,
            IsLocalKeyTemporary = !handshake.LocalIdentity.IsStored,
            RemotePublicKey = handshake.RemoteIdentity,
            PeerName = verdict.PeerName,
            TrustBasis = verdict.Basis,
            Capabilities = verdict.Capabilities,
            HandshakeHash = handshake.HandshakeHash.ToArray(),
            HandshakeSteps = handshake.Steps,
            LocalStatement = handshake.LocalStatement,
            RemoteStatement = handshake.RemoteStatement,
            Prologue = Preamble.Format(handshake.Suite.Name),
            StartedAt = startedAt,
        };

    /// <summary>Sends this side's Welcome; where that fails, the session's keys go.</summary>
    private static async Task SendWelcomeAsync(ITransport transport, SecureSession session, byte[] id, CancellationToken cancellationToken)
    {
        try
        {
            await transport.WriteAsync(session.SealWelcome(id), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await session.DiscardAsync(HandshakeIsOver()).ConfigureAwait(false);
            throw Broken(HandshakeStage.Welcome, e);
        }
        catch
        {
            await session.DiscardAsync(HandshakeIsOver()).ConfigureAwait(false);
            throw;
        }
    }

    private static StationException HandshakeIsOver() => new(StationFault.SessionClosed, "The handshake failed.");

    internal static StationException Broken(HandshakeStage stage, IOException e) =>
        new(StationFault.HandshakeFailed, $"The handshake failed at {stage}: {e.Message}", e) { Stage = stage };
}
