using System.Formats.Asn1;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.DiffieHellman;

/// <summary>
/// A Diffie-Hellman exchange inside a station session: the session's peer is authenticated, so nobody can sit in between.
/// </summary>
/// <remarks>
/// Service messages (kind 4), service <c>dh</c>:
/// <code>
/// 1 invoker    PKCS#3 DER                  the parameters; not for X25519
/// 2 invoker    SubjectPublicKeyInfo DER    its public key
/// 3 answerer   SubjectPublicKeyInfo DER    its public key, in reply to 2; or the header error
/// </code>
/// An invoker that gives up withdraws 1 and 2 (op = cancel); an answerer that has not answered drops that exchange and waits for the next.
/// Both get Z, the plain secret, and <see cref="DhSharedSecret.Key"/>, which is bound to this session:
/// HKDF-SHA256(Z, salt = the session's channel binding with label "dh" (32 bytes), info empty, 32 bytes).
/// One exchange at a time in each direction of a session.
/// </remarks>
public sealed class DhSessionExchange
{
    /// <summary>The service's name, and the label of its channel binding.</summary>
    public const string Service = "dh";

    private const int KeyLength = 32;
    private const int MaximumBody = 16 * 1024;
    internal static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromSeconds(30);

    private readonly SecureSession _session;
    private readonly DhPolicy _policy;
    private readonly TimeProvider _time;

    /// <summary>Prepares for exchanges in a session.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: the session is not one of the station protocol.</exception>
    public DhSessionExchange(StationSession session, DhPolicy? policy = null)
        : this(session, policy, TimeProvider.System)
    {
    }

    internal DhSessionExchange(StationSession session, DhPolicy? policy, TimeProvider time)
    {
        _time = time;
        _session = session as SecureSession
            ?? throw new StationException(StationFault.InvalidArgument, "A Diffie-Hellman exchange is made inside a session of the station protocol only.");
        _policy = policy ?? DhPolicy.Default;
    }

    /// <summary>Invokes: offers a key and waits for the answer.</summary>
    /// <param name="own">The key pair; a fresh one for each exchange is best.</param>
    /// <param name="patience">
    /// How long to ask again where the peer is not receiving exchanges: it may be about to. Zero asks once.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.UnknownService"/>: the peer is not receiving exchanges; <see cref="StationFault.PeerRefused"/>;
    /// <see cref="StationFault.InvalidKey"/> and <see cref="StationFault.InvalidParameter"/>: its key is not acceptable; the
    /// reasons of the session's end.
    /// </exception>
    public async Task<DhSharedSecret> InvokeAsync(DhKeyPair own, TimeSpan patience = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(own);
        StationMessage answer = await OfferAsync(own, patience, cancellationToken).ConfigureAwait(false);
        RequireSize(answer);
        return await Task.Run(
            () => Agree(own, DhPublicKey.Import(answer.BodyBytes.Span, own.Parameter, _policy, cancellationToken)),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<StationMessage> OfferAsync(DhKeyPair own, TimeSpan patience, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        while (true)
        {
            ulong offered = 0;
            try
            {
                if (own.Parameter is { } parameter)
                {
                    offered = await _session.SendAsync(OutgoingMessage.Service(Service, parameter.ToDer()), cancellationToken).ConfigureAwait(false);
                }

                return await _session.Services.RequestAsync(
                    OutgoingMessage.Service(Service, own.PublicKey.ToSubjectPublicKeyInfo()), cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (offered != 0)
            {
                _session.Services.Withdraw(Service, offered);
                throw;
            }
            catch (StationException e) when (e.Fault == StationFault.UnknownService && _time.GetElapsedTime(started) < patience)
            {
                await Task.Delay(AskAgainAfter, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Answers the peer's next exchange. It switches the service on and leaves it on: exchanges that the peer invokes later wait
    /// for the next call.
    /// </summary>
    /// <param name="expected">The parameters that the peer must offer; null takes any that are acceptable, and X25519.</param>
    /// <param name="cancellationToken">Ends the wait for the peer; an exchange that has begun is answered, within 30 s.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidKey"/>, <see cref="StationFault.InvalidParameter"/>: what the peer offered is not
    /// acceptable, and it was told so; the reasons of the session's end.
    /// </exception>
    public async Task<DhSharedSecret> AnswerAsync(DhParameter? expected = null, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            StationMessage request = await _session.Services.ReceiveAsync(Service, cancellationToken).ConfigureAwait(false);

            // The peer waits for an answer from now on: a caller who gives up does not leave it without one.
            using var work = new CancellationTokenSource(s_answerTimeout);
            try
            {
                if (await AnswerAsync(request, expected, work.Token).ConfigureAwait(false) is { } secret)
                {
                    return secret;
                }
            }
            catch (OperationCanceledException e) when (work.IsCancellationRequested)
            {
                throw new StationException(StationFault.Timeout, "The peer began a Diffie-Hellman exchange and did not complete it.", e);
            }
        }
    }

    /// <summary>Answers an exchange; null where the peer has withdrawn it.</summary>
    private async Task<DhSharedSecret?> AnswerAsync(StationMessage request, DhParameter? expected, CancellationToken cancellationToken)
    {
        StationMessage? parameter = null;
        if (IsParameter(request))
        {
            parameter = request;
            if (await _session.Services.ReceiveAsync(Service, unless: parameter.Id, cancellationToken).ConfigureAwait(false) is not { } key)
            {
                return null;
            }

            request = key;
        }

        try
        {
            (DhPublicKey publicKey, DhSharedSecret secret) = await Task.Run(() => Answer(parameter, request, expected, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (_session.Services.IsWithdrawn(request))
            {
                secret.Dispose();
                return null;
            }

            await _session.SendAsync(OutgoingMessage.Service(Service, publicKey.ToSubjectPublicKeyInfo(), request.Id), cancellationToken).ConfigureAwait(false);
            return secret;
        }
        catch (StationException) when (_session.Services.IsWithdrawn(request))
        {
            return null;
        }
        catch (StationException refused) when (refused.Fault is StationFault.InvalidKey or StationFault.InvalidParameter or StationFault.MessageTooLarge)
        {
            await _session.SendAsync(
                new OutgoingMessage(StationMessageKind.Service, default)
                {
                    InReplyTo = request.Id,
                    Headers = [new(OutgoingMessage.ServiceHeader, Service), new(OutgoingMessage.ErrorHeader, refused.Fault.ToString())],
                },
                cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private (DhPublicKey PublicKey, DhSharedSecret Secret) Answer(StationMessage? parameter, StationMessage request, DhParameter? expected, CancellationToken cancellationToken)
    {
        RequireSize(request);
        if (parameter is not null)
        {
            RequireSize(parameter);
            DhParameter offered = DhParameter.Import(parameter.BodyBytes.Span);
            RequireExpected(offered, expected);
            expected = offered;
        }

        // Without parameters before it, the key says its own: their message may have come before the service was switched on.
        DhPublicKey peer = DhPublicKey.Import(request.BodyBytes.Span, expected, _policy, cancellationToken);
        using DhKeyPair own = peer.Parameter is { } group ? DhKeyPair.Generate(group, _policy, cancellationToken) : DhKeyPair.GenerateX25519();
        return (own.PublicKey, Agree(own, peer));
    }

    private DhSharedSecret Agree(DhKeyPair own, DhPublicKey peer)
    {
        DhSharedSecret secret = DhExchange.Agree(own, peer);
        secret.Key = secret.DeriveKey(KeyLength, salt: _session.Export(Service, KeyLength));
        secret.RemoteAddress = _session.RemoteAddress;
        return secret;
    }

    private static void RequireExpected(DhParameter offered, DhParameter? expected)
    {
        if (expected is not null && !offered.Equals(expected))
        {
            throw new StationException(StationFault.InvalidParameter, $"The peer offered other Diffie-Hellman parameters ({offered}) than expected ({expected}).");
        }
    }

    private static void RequireSize(StationMessage message)
    {
        if (message.Length > MaximumBody)
        {
            throw new StationException(StationFault.MessageTooLarge, $"A message of a Diffie-Hellman exchange has {MaximumBody} bytes at most.");
        }
    }

    /// <summary>PKCS#3 begins with an INTEGER inside the SEQUENCE, SubjectPublicKeyInfo with another SEQUENCE.</summary>
    private static bool IsParameter(StationMessage message)
    {
        try
        {
            return new AsnReader(message.BodyBytes, AsnEncodingRules.DER).ReadSequence().PeekTag() == Asn1Tag.Integer;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
