using System.Security.Cryptography;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
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
    public const string Name = "Station";

    /// <summary>The initiator's side.</summary>
    public static async Task<StationSession> ConnectAsync(ITransport transport, StationStaticKey local, InitiatorTerms terms, CancellationToken cancellationToken)
    {
        DateTimeOffset startedAt = terms.Time.GetUtcNow();
        using FirstMessage first = terms.First ?? FirstMessage.Create(terms.Suite, local, terms.Invitation);
        StationHandshake handshake = first.Handshake;
        var channel = new HandshakeChannel(transport, terms.Suite, terms.Invitation);
        try
        {
            await transport.WriteAsync(first.Bytes, cancellationToken).ConfigureAwait(false);
            handshake.Read(await channel.ReadMessageAsync(HandshakeStage.Message2, cancellationToken).ConfigureAwait(false));
        }
        catch (IOException e)
        {
            throw Broken(handshake.Stage, e);
        }

        TrustVerdict verdict = terms.Decide(handshake.RemoteIdentity!);
        if (!verdict.IsTrusted)
        {
            await channel.RefuseAsync(StationReason.PeerUntrusted).ConfigureAwait(false);
            throw verdict.Error!;
        }

        SecureSession? session = null;
        try
        {
            await HandshakeChannel.WriteMessageAsync(transport, handshake, default, SealWelcome, cancellationToken).ConfigureAwait(false);
            await channel.PeekLengthAsync(HandshakeStage.Welcome, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (session is not null)
            {
                await session.DiscardAsync(HandshakeIsOver()).ConfigureAwait(false);
            }

            switch (e)
            {
                case IOException broken:
                    throw Broken(HandshakeStage.Message3, broken);
                case OperationCanceledException canceled:
                    throw new HandshakeCanceledException(HandshakeStage.Welcome, canceled);
                default:
                    throw;
            }
        }

        try
        {
            await session!.StartAsync(channel.Rest, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch (OperationCanceledException e)
        {
            throw new HandshakeCanceledException(HandshakeStage.Welcome, e);
        }

        byte[] SealWelcome()
        {
            session = CreateSession(transport, handshake, StationRole.Initiator, verdict, new byte[16], terms.Limits, terms.Time, startedAt);
            terms.Prepare?.Invoke(session);
            return session.SealWelcome(new byte[16]);
        }
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

    /// <summary>Message 3 is read: accept the peer with Welcome or refuse it with Close, both encrypted.</summary>
    private static async Task<StationSession> WelcomeAsync(
        ITransport transport, HandshakeChannel channel, StationHandshake handshake, IInvitationUse? invitation, ResponderTerms terms, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        StationPublicKey remote = handshake.RemoteIdentity!;
        (TrustVerdict verdict, StationReason refusal) = Decide(terms, remote, invitation);
        byte[] id = RandomNumberGenerator.GetBytes(16);
        SecureSession session = CreateSession(transport, handshake, StationRole.Responder, verdict, id, terms.Limits, terms.Time, startedAt);
        if (!verdict.IsTrusted)
        {
            await session.RefuseAsync(refusal, cancellationToken).ConfigureAwait(false);
            throw verdict.Error!;
        }

        terms.Prepare(session);
        await SendWelcomeAsync(transport, session, id, cancellationToken).ConfigureAwait(false);
        await session.StartAsync(channel.Rest, cancellationToken).ConfigureAwait(false);
        return session;
    }

    private static (TrustVerdict Verdict, StationReason Refusal) Decide(ResponderTerms terms, StationPublicKey remote, IInvitationUse? invitation)
    {
        try
        {
            return terms.Admit(remote, invitation);
        }
        catch (StationException e)
        {
            // A trust store that cannot be read accepts nobody. The peer is told that, and no more.
            return (TrustVerdict.Refused(e), StationReason.PeerUntrusted);
        }
    }

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

    internal static SecureSession CreateSession(
        ITransport transport, StationHandshake handshake, StationRole role, TrustVerdict verdict, byte[] id, StationLimits limits, TimeProvider time, DateTimeOffset startedAt)
    {
        byte[] handshakeHash = handshake.HandshakeHash.ToArray();
        TransportState noise = handshake.Split();
        return new SecureSession(
            new SessionDescription
            {
                Id = Convert.ToHexStringLower(id),
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
                HandshakeHash = handshakeHash,
                HandshakeSteps = handshake.Steps,
                LocalStatement = handshake.LocalStatement,
                RemoteStatement = handshake.RemoteStatement,
                Prologue = Preamble.Format(handshake.Suite.Name),
                StartedAt = startedAt,
            },
            transport,
            noise,
            limits,
            time);
    }

    private static StationException HandshakeIsOver() => new(StationFault.SessionClosed, "The handshake failed.");

    private static StationException Broken(HandshakeStage stage, IOException e) =>
        new(StationFault.HandshakeFailed, $"The handshake failed at {stage}: {e.Message}", e) { Stage = stage };
}
