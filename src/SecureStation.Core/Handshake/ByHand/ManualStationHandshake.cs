using System.Security.Cryptography;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake.ByHand;

/// <summary>
/// The station's own handshake, driven by hand: the prologue is the preamble of the suite, the payloads are identities, and the peer's is decided
/// about as soon as it is read.
/// </summary>
public sealed class ManualStationHandshake : ManualHandshake
{
    private readonly StationStaticKey _static;
    private readonly StationHandshake _handshake;
    private readonly StationInvitation? _invitation;
    private Func<StationPublicKey, StationKeyPair, TrustVerdict> _decide;
    private TrustVerdict? _verdict;

    /// <summary>Starts a handshake with a fresh Noise static key, signed by the identity.</summary>
    /// <param name="role">Which side this is.</param>
    /// <param name="suite">The suite.</param>
    /// <param name="identity">This side's identity; it stays the caller's.</param>
    /// <param name="decide">Decides about the peer: <see cref="ClientTrust.Decide"/> or <see cref="ListenerTrust.Decide"/>.</param>
    /// <param name="invitation">The invitation of a psk3 suite, on both sides. It stays the caller's.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: an invitation missing or too many.</exception>
    public ManualStationHandshake(
        StationRole role, StationSuite suite, StationKeyPair identity, Func<StationPublicKey, StationKeyPair, TrustVerdict> decide, StationInvitation? invitation = null)
        : base((suite ?? throw new ArgumentNullException(nameof(suite))).Noise, role)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(decide);
        if (suite.NeedsInvitation != invitation is not null)
        {
            throw new StationException(StationFault.InvalidArgument, $"{suite} {(invitation is null ? "needs an" : "takes no")} invitation.");
        }

        _decide = decide;
        _invitation = invitation;
        _static = new StationStaticKey(identity);
        _handshake = role == StationRole.Initiator
            ? StationHandshake.CreateInitiator(suite, _static, invitation)
            : StationHandshake.CreateResponder(suite, _static);
        HandshakeHash = Convert.ToHexStringLower(_handshake.HandshakeHash);
    }

    /// <inheritdoc/>
    public override string Protocol => StationProtocolV1.Name;

    /// <inheritdoc/>
    public override StationPublicKey LocalPublicKey => _handshake.LocalIdentity.PublicKey;

    /// <inheritdoc/>
    public override StationPublicKey? RemotePublicKey => _handshake.RemoteIdentity;

    /// <inheritdoc/>
    public override string LocalStatic => Convert.ToHexStringLower(LocalStatement.StaticKey.Span);

    /// <inheritdoc/>
    public override string? RemoteStatic => RemoteStatement is { } statement ? Convert.ToHexStringLower(statement.StaticKey.Span) : null;

    /// <summary>Why the peer is accepted; <see cref="TrustBasis.None"/> until it is.</summary>
    public TrustBasis TrustBasis => _verdict?.Basis ?? TrustBasis.None;

    /// <summary>The peer's name in the trust store.</summary>
    public string? PeerName => _verdict?.PeerName;

    internal IdentityStatement LocalStatement => _handshake.LocalStatement;

    internal IdentityStatement? RemoteStatement => _handshake.RemoteStatement;

    internal override ReadOnlyMemory<byte> Prologue => Preamble.Format(Suite);

    private protected override ReadOnlySpan<byte> CurrentHash => _handshake.HandshakeHash;

    /// <summary>Puts another decision about the peer in the place of the first. It counts as long as the peer's identity has not been read.</summary>
    /// <param name="decide">As for the constructor.</param>
    public void DecideWith(Func<StationPublicKey, StationKeyPair, TrustVerdict> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        _decide = decide;
    }

    /// <summary>
    /// Ends the handshake over a connection, which begins with the Welcomes of both sides; both must do so. The session owns the transport.
    /// </summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidState"/>: messages are still to come, or the handshake is over. <see cref="StationFault.HandshakeFailed"/>: no Welcome came.
    /// </exception>
    public async Task<StationSession> CompleteAsync(ITransport transport, StationLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        TakeCompleted();
        try
        {
            return await StationProtocolV1.WelcomeAsync(transport, _handshake, _verdict!, limits ?? StationLimits.Default, StartedAt, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            DisposeCore();
        }
    }

    private protected override int CheckPayload(int payloadLength) => payloadLength == 0
        ? StationHandshake.MaxMessageLength
        : throw new StationException(StationFault.InvalidArgument, "The station's own handshake makes its payloads itself; a payload can be given in raw Noise only.");

    private protected override int WriteCore(ReadOnlySpan<byte> payload, Span<byte> message) => _handshake.Write(message);

    private protected override byte[] ReadCore(ReadOnlySpan<byte> message)
    {
        _handshake.Read(message);
        return _handshake.ReceivedPayload.ToArray();
    }

    private protected override int Decide()
    {
        if (_invitation is not null && Role == StationRole.Responder && MessagesDone == 1)
        {
            CheckInvitation(_invitation);
        }

        if (RemotePublicKey is not null && _verdict is null)
        {
            // Who wrote message 3 of a psk3 suite knew the invitation's secret.
            TrustVerdict verdict = _invitation is not null && Role == StationRole.Responder
                ? TrustVerdict.Trusted(TrustBasis.Invitation)
                : _decide(RemotePublicKey, _handshake.LocalIdentity);
            verdict.ThrowIfRefused();
            _verdict = verdict;
        }

        return 0;
    }

    private protected override StationSession CompleteCore()
    {
        SessionDescription description = Describe(CurrentHash[..16]) with
        {
            LocalPublicKey = LocalPublicKey,
            IsLocalKeyTemporary = !_handshake.LocalIdentity.IsStored,
            RemotePublicKey = RemotePublicKey,
            PeerName = PeerName,
            TrustBasis = TrustBasis,
            LocalStatement = LocalStatement,
            RemoteStatement = RemoteStatement,
            LocalStatic = LocalStatic,
            RemoteStatic = RemoteStatic,
        };
        return new DetachedSession(description, _handshake.Split());
    }

    private protected override void DisposeCore()
    {
        _handshake.Dispose();
        _static.Dispose();
    }

    private void CheckInvitation(StationInvitation invitation)
    {
        if (!CryptographicOperations.FixedTimeEquals(_handshake.InvitationId.Span, invitation.Id.Span))
        {
            throw new StationException(StationFault.HandshakeFailed, "The handshake failed at Message1: the initiator presents another invitation.") { Stage = HandshakeStage.Message1 };
        }

        if (invitation.ExpiresAt <= DateTimeOffset.UtcNow)
        {
            throw new StationException(StationFault.InvitationExpired, "The invitation had expired when it was presented.") { Stage = HandshakeStage.Message1 };
        }

        _handshake.SetInvitationSecret(invitation);
    }
}
